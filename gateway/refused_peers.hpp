#pragma once

#include "gateway/line_limit.hpp"

#include <optional>
#include <string>

namespace squall::gateway {

/// What a log should say of connections to the cluster port that were refused, of each host and
/// reason. Pure; one thread at a time.
class refused_peers {
public:
  using time_point = line_limit::time_point;

  static constexpr auto pause = line_limit::pause;
  static constexpr auto most = line_limit::most; ///< hosts and reasons in mind

  /// The line for a connection, or nothing. \param address "HOST:PORT"
  std::optional<std::string> note(const std::string& address, const std::string& reason,
                                  time_point now);

private:
  line_limit known_; ///< by host and reason
};

} // namespace squall::gateway
