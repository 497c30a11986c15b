#include "workers/fetch/address_policy.hpp"

#include "workers/fetch/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace squall::workers::fetch {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using boost::asio::ip::make_address;

struct block_v4 {
  std::uint32_t network;
  unsigned prefix;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c = 0, unsigned d = 0) {
  return a << 24 | b << 16 | c << 8 | d;
}

/// https://www.iana.org/assignments/iana-ipv4-special-registry, and two metadata services that
/// have addresses of their own kind.
constexpr std::array special_v4{
    block_v4{v4(0, 0), 8},              // "this network", unspecified
    block_v4{v4(10, 0), 8},             // private
    block_v4{v4(100, 64), 10},          // carrier-grade NAT; Alibaba's metadata
    block_v4{v4(127, 0), 8},            // loopback
    block_v4{v4(168, 63, 129, 16), 32}, // Azure's metadata
    block_v4{v4(169, 254), 16},         // link-local; most clouds' metadata
    block_v4{v4(172, 16), 12},          // private
    block_v4{v4(192, 0, 0), 24},        // IETF protocols; Oracle's metadata
    block_v4{v4(192, 0, 2), 24},        // documentation
    block_v4{v4(192, 88, 99), 24},      // 6to4 relays
    block_v4{v4(192, 168), 16},         // private
    block_v4{v4(198, 18), 15},          // benchmarks
    block_v4{v4(198, 51, 100), 24},     // documentation
    block_v4{v4(203, 0, 113), 24},      // documentation
    block_v4{v4(224, 0), 4},            // multicast
    block_v4{v4(240, 0), 4},            // reserved, broadcast
};

bool is_public_v4(std::uint32_t where) {
  return std::ranges::none_of(special_v4, [where](const block_v4& block) {
    return (where ^ block.network) >> (32 - block.prefix) == 0;
  });
}

using bytes_v6 = address_v6::bytes_type;

struct block_v6 {
  bytes_v6 network;
  unsigned prefix;
};

/// Special blocks inside 2000::/3, the only part of IPv6 with public addresses.
constexpr std::array special_v6{
    block_v6{bytes_v6{0x20, 0x01, 0x00}, 23},       // IETF protocols: Teredo, ORCHID, ...
    block_v6{bytes_v6{0x20, 0x01, 0x0d, 0xb8}, 32}, // documentation
    block_v6{bytes_v6{0x3f, 0xff, 0x00}, 20},       // documentation
};
constexpr block_v6 global_v6{bytes_v6{0x20}, 3};
constexpr block_v6 six_to_four{bytes_v6{0x20, 0x02}, 16};
constexpr block_v6 nat64{bytes_v6{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr block_v6 mapped{bytes_v6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr block_v6 compatible{bytes_v6{}, 96};

template <class Bytes>
bool same_prefix(const Bytes& left, const Bytes& right, unsigned bits) {
  const auto whole = bits / 8;
  if (!std::equal(left.begin(), left.begin() + whole, right.begin())) return false;
  const auto rest = bits % 8;
  return rest == 0 || (left[whole] ^ right[whole]) >> (8 - rest) == 0;
}

bool within(const bytes_v6& where, const block_v6& block) {
  return same_prefix(where, block.network, block.prefix);
}

/// The IPv4 address inside an IPv6 address.
std::optional<address_v4> carried_v4(const bytes_v6& where) {
  const auto at = [&where](std::size_t first) {
    return address_v4{
        address_v4::bytes_type{where[first], where[first + 1], where[first + 2], where[first + 3]}};
  };
  if (within(where, mapped) || within(where, nat64)) return at(12);
  // :: and ::1 look like compatible addresses, and are none (RFC 4291, 2.5).
  if (within(where, compatible) && at(12).to_uint() > 1) return at(12);
  if (within(where, six_to_four)) return at(2);
  return std::nullopt;
}

bool is_in(const address& where, const allow_entry& entry) {
  if (where.is_v4() != entry.network->is_v4()) return false;
  if (where.is_v4())
    return same_prefix(where.to_v4().to_bytes(), entry.network->to_v4().to_bytes(), entry.prefix);
  return same_prefix(where.to_v6().to_bytes(), entry.network->to_v6().to_bytes(), entry.prefix);
}

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw std::invalid_argument{"'" + std::string{text} + "' " + why +
                              "; write CIDR, HOST or HOST:PORT"};
}

template <class Number>
Number parse_number(std::string_view digits, std::string_view whole, Number most, const char* why) {
  Number number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number > most)
    refuse(whole, why);
  return number;
}

std::optional<address> read_address(std::string_view text) {
  boost::system::error_code error;
  auto found = make_address(std::string{text}, error);
  if (error) return std::nullopt;
  return found;
}

unsigned bits_of(const address& any) {
  return any.is_v4() ? 32 : 128;
}

allow_entry parse_network(std::string_view text, std::size_t slash) {
  allow_entry entry;
  entry.network = read_address(text.substr(0, slash));
  if (!entry.network) refuse(text, "has no address before the /");
  entry.prefix = parse_number(text.substr(slash + 1), text, bits_of(*entry.network),
                              "has no valid prefix length after the /");
  return entry;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

} // namespace

bool is_public(const address& where) {
  if (where.is_v4()) return is_public_v4(where.to_v4().to_uint());
  const auto bytes = where.to_v6().to_bytes();
  if (const auto inside = carried_v4(bytes)) return is_public_v4(inside->to_uint());
  return within(bytes, global_v6) && std::ranges::none_of(special_v6, [&](const block_v6& block) {
           return within(bytes, block);
         });
}

allow_entry parse_allow(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos)
    return parse_network(text, slash);
  allow_entry entry;
  auto host = text;
  const auto colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  const bool has_port = colon != std::string_view::npos &&
                        (bracketed ? text[colon - 1] == ']' : text.find(':') == colon);
  if (has_port) {
    entry.port = parse_number<std::uint16_t>(text.substr(colon + 1), text, 65'535,
                                             "has no valid port after the :");
    host = text.substr(0, colon);
  }
  if (bracketed) {
    if (!host.ends_with(']')) refuse(text, "lacks a ]");
    host = host.substr(1, host.size() - 2);
  }
  entry.network = read_address(host);
  if (entry.network) {
    entry.prefix = bits_of(*entry.network);
    return entry;
  }
  entry.host = host_key(host);
  if (bracketed || !is_host_name(entry.host)) refuse(text, "is no network, address or host name");
  return entry;
}

bool address_policy::permits(const address& where, std::uint16_t port,
                             std::string_view host) const {
  if (is_public(where)) return true;
  auto carried = where.is_v6() ? carried_v4(where.to_v6().to_bytes()) : std::nullopt;
  return std::ranges::any_of(allowed_, [&](const allow_entry& entry) {
    if (entry.port && *entry.port != port) return false;
    if (!entry.network) return entry.host == host;
    return is_in(where, entry) || (carried && is_in(*carried, entry));
  });
}

} // namespace squall::workers::fetch
