#pragma once

#include "deploy/cli/notice_socket.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace squall::cli {

/// Tells the service manager that started this process how it is: systemd, or whatever listens at
/// `NOTIFY_SOCKET` (sd_notify(3)). Without that variable it does nothing. Never waits long for one
/// that does not listen now. Thread-safe.
class service_notice {
public:
  service_notice();

  /// Whether anybody listens.
  bool is_wanted() const noexcept { return socket_.is_wanted(); }
  /// How often `alive` is to be called: four times within the time that the service manager
  /// gives (`WATCHDOG_USEC`). 0: it does not ask for it.
  std::chrono::milliseconds alive_every() const noexcept { return alive_every_; }

  /// The process does its work. `about` is one line for people. Said once; later it is a status.
  void ready(const std::string& about);
  /// What it says of itself now. Nothing is sent when that has not changed.
  void status(const std::string& about);
  /// It reads its settings again, until `reloaded`.
  void reloading();
  /// It works as they say now; not empty: as before, because of this. Does not make it ready.
  void reloaded(const std::string& refused);
  /// It drains; nothing but `alive` is told any more.
  void stopping();
  /// Waits for room, about a second at most: for a thread that does nothing else.
  void alive() const;

private:
  notice_socket socket_;
  std::chrono::milliseconds alive_every_{0};
  std::mutex mutex_;
  std::string told_; ///< status
  bool ready_ = false;
  bool stopping_ = false;
};

} // namespace squall::cli
