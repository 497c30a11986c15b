#include "deploy/cli/service_notice.hpp"

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
constexpr milliseconds for_alive{1'000};
constexpr milliseconds not_at_all{0};

constexpr std::uint64_t signs_within_limit = 4; ///< of life: one that is lost kills nobody

std::string listener() {
  const auto* name = std::getenv("NOTIFY_SOCKET");
  return name == nullptr ? "" : name;
}

} // namespace

service_notice::service_notice() : socket_(listener()) {
  std::uint64_t within_us = 0;
  if (!is_wanted() || ::sd_watchdog_enabled(0, &within_us) <= 0) return;
  const std::chrono::microseconds part(within_us / signs_within_limit);
  alive_every_ = std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(part));
}

void service_notice::ready(const std::string& about) {
  {
    const std::lock_guard guard(mutex_);
    if (!is_wanted() || stopping_) return;
    if (!std::exchange(ready_, true)) {
      told_ = about;
      socket_.send("READY=1\nSTATUS=" + about, for_ready);
      return;
    }
  }
  status(about);
}

void service_notice::status(const std::string& about) {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_ || about == told_) return;
  if (socket_.send("STATUS=" + about, not_at_all)) told_ = about;
}

void service_notice::reloading() {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_) return;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = std::uint64_t(now.tv_sec) * 1'000'000 + std::uint64_t(now.tv_nsec) / 1'000;
  socket_.send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us), for_stopping);
}

void service_notice::reloaded(const std::string& refused) {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_) return;
  auto how = refused.empty() ? std::string("done") : "refused: " + refused;
  std::ranges::replace(how, '\n', ' ');
  // If it was ready it is so either way: it goes on as before.
  socket_.send((ready_ ? "READY=1\n" : "") + std::string(supervisor::reload_variable) + "=" + how,
               for_ready);
}

void service_notice::stopping() {
  const std::lock_guard guard(mutex_);
  if (!is_wanted() || stopping_) return;
  stopping_ = true;
  socket_.send("STOPPING=1\nSTATUS=draining", for_stopping);
}

void service_notice::alive() const {
  if (is_wanted()) socket_.send("WATCHDOG=1", for_alive);
}

} // namespace squall::cli
