#include "deploy/cli/service_notice.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
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
