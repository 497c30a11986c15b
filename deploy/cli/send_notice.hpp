#pragma once

#include <chrono>
#include <string>

namespace squall::cli {

/// Sends a message to the service manager's socket, as sd_notify(3) does, but waits no longer than
/// this for room in it: a service manager that is stopped itself (Ctrl-Z) must not stop those that
/// report to it. Any thread.
/// \param socket as of `NOTIFY_SOCKET`: a path, or an abstract name after "@"
/// \returns whether it was sent
bool send_notice(const std::string& socket, const std::string& message,
                 std::chrono::milliseconds within) noexcept;

} // namespace squall::cli
