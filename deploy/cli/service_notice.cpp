#include "deploy/cli/service_notice.hpp"

#include "deploy/cli/send_notice.hpp"
#include "deploy/supervisor/notify_socket.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace squall::cli {

namespace {

using std::chrono::milliseconds;

/// For room at the service manager's socket. What is out of date soon does not wait.
constexpr milliseconds for_ready{10'000};
constexpr milliseconds for_stopping{1'000};
constexpr milliseconds not_at_all{0};

} // namespace

service_notice::service_notice() {
  if (const auto* socket = std::getenv("NOTIFY_SOCKET")) socket_ = socket;
  std::uint64_t within_us = 0;
  if (!is_wanted() || ::sd_watchdog_enabled(0, &within_us) <= 0) return;
  const std::chrono::microseconds half(within_us / 2);
  alive_every_ = std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(half));
}

void service_notice::ready(const std::string& about) {
  {
    const std::lock_guard guard(mutex_);
    if (!is_wanted() || stopping_) return;
    if (!std::exchange(ready_, true)) {
      told_ = about;
      send_notice(socket_, "READY=1\nSTATUS=" + about, for_ready);
      return;
    }
  }
  status(about);
}

void service_notice::status(const std::string& about) {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_ || about == told_) return;
  if (send_notice(socket_, "STATUS=" + about, not_at_all)) told_ = about;
}

void service_notice::reloading() {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_) return;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = std::uint64_t(now.tv_sec) * 1'000'000 + std::uint64_t(now.tv_nsec) / 1'000;
  send_notice(socket_, "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us), for_stopping);
}

void service_notice::reloaded(const std::string& refused) {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_) return;
  auto how = refused.empty() ? std::string("done") : "refused: " + refused;
  std::ranges::replace(how, '\n', ' ');
  // Ready it is either way: it goes on as before.
  send_notice(socket_, "READY=1\n" + std::string(supervisor::reload_variable) + "=" + how,
              for_ready);
}

void service_notice::stopping() {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_) return;
  stopping_ = true;
  send_notice(socket_, "STOPPING=1\nSTATUS=draining", for_stopping);
}

void service_notice::alive() const {
  if (is_wanted()) send_notice(socket_, "WATCHDOG=1", not_at_all);
}

} // namespace squall::cli
