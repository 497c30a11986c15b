#include "actors/queue/lease_ids.hpp"

#include "actors/queue/store.hpp"

#include <cerrno>
#include <span>
#include <system_error>

#include <sys/random.h>

namespace squall::actors {
namespace {

constexpr std::size_t digits = 16; ///< of one half

void write(std::uint64_t value, std::span<char> out) {
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value >>= 4)
    *digit = "0123456789abcdef"[value & 15];
}

std::optional<std::uint64_t> read(std::string_view text) noexcept {
  std::uint64_t out = 0;
  for (const char each : text) {
    const bool decimal = each >= '0' && each <= '9';
    if (!decimal && (each < 'a' || each > 'f')) return std::nullopt;
    out = out << 4 | static_cast<std::uint64_t>(decimal ? each - '0' : each - 'a' + 10);
  }
  return out;
}

} // namespace

std::string to_text(const lease_id& id) {
  std::string out(2 * digits, '0');
  write(id.high, std::span{out}.first(digits));
  write(id.low, std::span{out}.last(digits));
  return out;
}

std::optional<lease_id> lease_id_of(std::string_view text) noexcept {
  if (text.size() != 2 * digits) return std::nullopt;
  const auto high = read(text.substr(0, digits));
  const auto low = read(text.substr(digits));
  if (!high || !low) return std::nullopt;
  return lease_id{*high, *low};
}

std::uint64_t lease_ids::bits() {
  if (used_ == pool_.size()) {
    auto* to = reinterpret_cast<char*>(pool_.data());
    for (std::size_t done = 0; done < sizeof(pool_);) {
      const auto got = ::getrandom(to + done, sizeof(pool_) - done, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw store_failure{"no random bits: " + std::generic_category().message(errno)};
      done += static_cast<std::size_t>(got);
    }
    used_ = 0;
  }
  return pool_[used_++];
}

} // namespace squall::actors
