#include "workers/fetch/transfer.hpp"

#include "workers/fetch/redirect.hpp"
#include "workers/fetch/text.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace squall::workers::fetch {
namespace {

constexpr std::size_t most_header_bytes = 256 * 1024;
/// So much of a redirect's body is read, so that its connection can be used again.
constexpr std::size_t most_dropped_bytes = 64 * 1024;

struct endpoint {
  address where;
  std::uint16_t port = 0;
};

/// Nothing for what is no address of the internet.
std::optional<endpoint> endpoint_of(const curl_sockaddr& from) {
  namespace ip = boost::asio::ip;
  if (from.family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &from.addr, sizeof in);
    return endpoint{ip::address_v4{ntohl(in.sin_addr.s_addr)}, ntohs(in.sin_port)};
  }
  if (from.family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  // The address is longer than the member that libcurl declares for it.
  std::memcpy(&in, static_cast<const void*>(&from.addr),
              std::min<std::size_t>(from.addrlen, sizeof in));
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), in.sin6_addr.s6_addr, bytes.size());
  return endpoint{ip::address_v6{bytes}, ntohs(in.sin6_port)};
}

reason reason_of(CURLcode code) {
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    return reason::dns;
  case CURLE_COULDNT_CONNECT:
    return reason::connect;
  case CURLE_OPERATION_TIMEDOUT:
    return reason::timeout;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
  case CURLE_SSL_CLIENTCERT:
    return reason::tls;
  default:
    return reason::protocol;
  }
}

double milliseconds_of(CURL* easy, CURLINFO which) {
  curl_off_t us = 0;
  curl_easy_getinfo(easy, which, &us);
  return static_cast<double>(us) / 1'000;
}

const char* version_of(CURL* easy) {
  long version = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  if (version == CURL_HTTP_VERSION_1_0) return "1.0";
  if (version == CURL_HTTP_VERSION_1_1) return "1.1";
  return version == CURL_HTTP_VERSION_3 ? "3" : "2";
}

} // namespace

transfer::transfer(const request& what, const environment& around, done finished)
    : finished{std::move(finished)}, what_{what}, around_{around}, line_{what.target.host + ":" +
                                                                         std::to_string(
                                                                             what.target.port)} {}

std::size_t transfer::on_header(char* text, std::size_t, std::size_t length, void* self) {
  return static_cast<transfer*>(self)->take_header({text, length}) ? length : 0;
}

std::size_t transfer::on_body(char* text, std::size_t, std::size_t length, void* self) {
  return static_cast<transfer*>(self)->take_body({text, length}) ? length : 0;
}

curl_socket_t transfer::on_open(void* self, curlsocktype, curl_sockaddr* where) {
  auto& own = *static_cast<transfer*>(self);
  // With a proxy it is the proxy that connects to what the URL names.
  if (own.around_.options.proxy.empty()) {
    const auto to = endpoint_of(*where);
    if (!to || !own.around_.policy.permits(to->where, to->port, own.what_.target.host)) {
      own.blocked_ = to ? to->where.to_string() : "of an unknown family";
      return CURL_SOCKET_BAD;
    }
  }
  own.opened_ = true;
  return ::socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

/// Comes with one line at a time, also with those of interim answers (1xx) and trailers.
bool transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  broken_ = header_bytes_ > most_header_bytes;
  if (broken_) return false;
  if (!in_header_) {
    if (got_.status < 200 && line.starts_with("HTTP/")) take_status(line);
    return true;
  }
  const auto text = trimmed(line);
  if (text.empty()) {
    in_header_ = false;
  } else if ((line.front() == ' ' || line.front() == '\t') && !got_.headers.empty()) {
    got_.headers.back().value.append(" ").append(text);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    got_.headers.push_back({std::string{trimmed(text.substr(0, colon))},
                            std::string{trimmed(text.substr(colon + 1))}});
  }
  return true;
}

void transfer::take_status(std::string_view line) {
  in_header_ = true;
  got_.headers.clear();
  line = trimmed(line);
  line.remove_prefix(std::min(line.find(' '), line.size()));
  line = trimmed(line);
  std::from_chars(line.data(), line.data() + line.size(), got_.status);
  line.remove_prefix(std::min(line.find(' '), line.size()));
  got_.reason = trimmed(line);
}

bool transfer::take_body(std::string_view bytes) {
  if (leads_elsewhere()) {
    dropped_bytes_ += bytes.size();
    return dropped_bytes_ <= most_dropped_bytes;
  }
  too_large_ = bytes.size() > what_.max_body_bytes - got_.body.size();
  if (too_large_) return false;
  got_.body.append(bytes);
  return true;
}

bool transfer::leads_elsewhere() const {
  return what_.follow_redirects && is_redirect(got_.status) && !location_of(got_).empty();
}

result transfer::end(CURLcode code) {
  const bool cut = code == CURLE_WRITE_ERROR && dropped_bytes_ > most_dropped_bytes;
  if (code != CURLE_OK && !cut) return fault_of(code);
  measure();
  got_.version = version_of(easy_);
  got_.url = what_.target.text;
  return std::move(got_);
}

fault transfer::fault_of(CURLcode code) const {
  const auto& url = what_.target.text;
  if (too_large_)
    return {reason::too_large,
            "the body is larger than " + std::to_string(what_.max_body_bytes) + " bytes", url};
  if (broken_)
    return {reason::protocol,
            "the header is larger than " + std::to_string(most_header_bytes) + " bytes", url};
  if (!blocked_.empty() && !opened_)
    return {reason::blocked, blocked_text(what_.target.host, blocked_), url};
  auto why = reason_of(code);
  // A handshake that the peer breaks off ends as a read that failed.
  const bool shaking = opened_ && what_.target.scheme == "https" &&
                       milliseconds_of(easy_, CURLINFO_CONNECT_TIME_T) > 0 &&
                       milliseconds_of(easy_, CURLINFO_APPCONNECT_TIME_T) <= 0;
  if (why == reason::protocol && shaking) why = reason::tls;
  return {why, as_utf8(error_[0] != '\0' ? error_ : curl_easy_strerror(code)), url};
}

void transfer::measure() {
  auto& times = got_.times;
  times.first_byte = milliseconds_of(easy_, CURLINFO_STARTTRANSFER_TIME_T);
  long connections = 0;
  curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &connections);
  if (connections == 0) return;
  const auto dns = milliseconds_of(easy_, CURLINFO_NAMELOOKUP_TIME_T);
  const auto connect = milliseconds_of(easy_, CURLINFO_CONNECT_TIME_T);
  const auto tls = milliseconds_of(easy_, CURLINFO_APPCONNECT_TIME_T);
  times.dns = dns;
  times.connect = std::max(0.0, connect - dns);
  if (tls > 0) times.tls = std::max(0.0, tls - connect);
}

} // namespace squall::workers::fetch
