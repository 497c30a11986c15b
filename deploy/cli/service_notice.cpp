#include "deploy/cli/service_notice.hpp"

#include "deploy/supervisor/notify_socket.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace squall::cli {

service_notice::service_notice() : wanted_(std::getenv("NOTIFY_SOCKET") != nullptr) {
  std::uint64_t within_us = 0;
  if (!wanted_ || ::sd_watchdog_enabled(0, &within_us) <= 0) return;
  const std::chrono::microseconds half(within_us / 2);
  alive_every_ = std::max(std::chrono::milliseconds(1),
                          std::chrono::duration_cast<std::chrono::milliseconds>(half));
}

void service_notice::ready(const std::string& about) {
  {
    const std::lock_guard guard(mutex_);
    if (!wanted_ || stopping_) return;
    if (!std::exchange(ready_, true)) {
      told_ = about;
      ::sd_notify(0, ("READY=1\nSTATUS=" + about).c_str());
      return;
    }
  }
  status(about);
}

void service_notice::status(const std::string& about) {
  const std::lock_guard guard(mutex_);
  if (!wanted_ || stopping_ || about == told_) return;
  told_ = about;
  ::sd_notify(0, ("STATUS=" + about).c_str());
}

void service_notice::reloading() {
  const std::lock_guard guard(mutex_);
  if (!wanted_ || stopping_) return;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = std::uint64_t(now.tv_sec) * 1'000'000 + std::uint64_t(now.tv_nsec) / 1'000;
  ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us)).c_str());
}

void service_notice::reloaded(const std::string& refused) {
  const std::lock_guard guard(mutex_);
  if (!wanted_ || stopping_) return;
  auto how = refused.empty() ? std::string("done") : "refused: " + refused;
  std::ranges::replace(how, '\n', ' ');
  // Ready it is either way: it goes on as before.
  ::sd_notify(0, ("READY=1\n" + std::string(supervisor::reload_variable) + "=" + how).c_str());
}

void service_notice::stopping() {
  const std::lock_guard guard(mutex_);
  if (!wanted_ || stopping_) return;
  stopping_ = true;
  ::sd_notify(0, "STOPPING=1\nSTATUS=draining");
}

void service_notice::alive() const {
  if (wanted_) ::sd_notify(0, "WATCHDOG=1");
}

} // namespace squall::cli
