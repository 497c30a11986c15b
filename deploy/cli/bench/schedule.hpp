#pragma once

#include <cstddef>
#include <cstdint>

namespace squall::cli::bench {

/// A fixed schedule of questions at an even rate, dealt to connections in turn. A question's
/// latency counts from its time here even when it could be sent only later, so that a server
/// that stalls is charged for all it delayed (G. Tene's "coordinated omission"). Pure.
class schedule {
public:
  schedule(double per_second, std::size_t connections, std::int64_t start_ns)
      : step_ns_(1e9 / per_second), connections_(connections), start_ns_(start_ns) {}

  /// When question `n` of one connection is due.
  std::int64_t due(std::size_t connection, std::uint64_t n) const noexcept {
    return at(n * connections_ + connection);
  }
  /// When question `n` of all is due.
  std::int64_t at(std::uint64_t n) const noexcept {
    return start_ns_ + static_cast<std::int64_t>(static_cast<double>(n) * step_ns_);
  }
  /// The connection that question `n` of all belongs to.
  std::size_t connection_of(std::uint64_t n) const noexcept { return n % connections_; }

private:
  double step_ns_;
  std::size_t connections_;
  std::int64_t start_ns_;
};

} // namespace squall::cli::bench
