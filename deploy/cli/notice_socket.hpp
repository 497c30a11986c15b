#pragma once

#include "deploy/supervisor/descriptor.hpp"

#include <chrono>
#include <string>

namespace squall::cli {

/// What messages to a service manager go through, as of sd_notify(3). It is opened once: a process
/// that has no descriptor left can tell that it is alive all the same. Any thread.
class notice_socket {
public:
  /// \param name as of `NOTIFY_SOCKET`: a path, or an abstract name after "@"; empty: nobody
  /// listens
  explicit notice_socket(std::string name = {});

  /// Whether anybody listens.
  bool is_wanted() const noexcept { return !name_.empty(); }

  /// Waits no longer than this for room: a service manager that is stopped itself (Ctrl-Z) must not
  /// stop those that report to it. Returns whether it was sent.
  bool send(const std::string& message, std::chrono::milliseconds within) const noexcept;

private:
  std::string name_;
  supervisor::descriptor sender_;
};

} // namespace squall::cli
