#pragma once

#include <string>
#include <string_view>

namespace squall::workers::fetch {

/// Why a fetch has no answer.
enum class reason {
  dns,
  connect,
  tls,
  timeout,
  too_large,
  too_many_redirects,
  protocol, ///< what came was no HTTP, or ended in its midst
  blocked,  ///< the address, or the scheme, may not be fetched from
};

/// As clients see it.
constexpr std::string_view name(reason why) noexcept {
  switch (why) {
  case reason::dns:
    return "dns";
  case reason::connect:
    return "connect";
  case reason::tls:
    return "tls";
  case reason::timeout:
    return "timeout";
  case reason::too_large:
    return "too_large";
  case reason::too_many_redirects:
    return "too_many_redirects";
  case reason::protocol:
    break;
  case reason::blocked:
    return "blocked";
  }
  return "protocol";
}

/// A fetch that has no answer.
struct fault {
  reason why = reason::protocol;
  std::string message; ///< for people
  std::string url;     ///< at which it happened
};

} // namespace squall::workers::fetch
