#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace squall::gateway {

/// What a log should say of connections to the cluster port that were refused: one line a host and
/// reason in each minute, and no more than it can keep in mind. Pure; one thread at a time.
class refused_peers {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::minutes pause{1};
  static constexpr std::size_t most = 256; ///< hosts and reasons in mind; beyond them none is told

  /// The line for a connection, or nothing. \param address "HOST:PORT"
  std::optional<std::string> note(const std::string& address, const std::string& reason,
                                  time_point now);

private:
  struct entry {
    time_point told;
    std::uint64_t since = 0; ///< more of them that were not told
  };

  void forget_old(time_point now);

  std::map<std::string, entry> known_; ///< by host and reason
};

} // namespace squall::gateway
