#include "gateway/process_pulse.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace squall::gateway {
namespace {

/// Between two looks at the number of workers.
constexpr std::chrono::milliseconds status_interval{2'000};

std::string workers_of(const proto::router_status& now) {
  const auto count = std::ranges::count_if(
      now.workers, [](const proto::worker_status& each) { return !each.who.local; });
  return std::to_string(count) + (count == 1 ? " worker" : " workers");
}

} // namespace

/// One question to all lanes. Shared with those that have not answered yet.
struct pulse::round {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::size_t missing = 0;
  std::string about; ///< of the last one that answered

  void answered(std::string text) {
    const std::lock_guard guard{mutex};
    about = std::move(text);
    --missing;
    changed.notify_all();
  }

  /// Returns whether all have answered before `stop` was requested.
  bool wait(const std::stop_token& stop) {
    std::unique_lock lock{mutex};
    return changed.wait(lock, stop, [this] { return missing == 0; });
  }

  /// Lets some time pass.
  void pause(const std::stop_token& stop, std::chrono::milliseconds time) {
    std::unique_lock lock{mutex};
    changed.wait_for(lock, stop, time, [] { return false; });
  }
};

pulse::pulse(const std::vector<std::unique_ptr<lane>>& lanes, observer told, std::string about)
    : told_{std::move(told)}, about_{std::move(about)} {
  for (const auto& each : lanes)
    lanes_.push_back(each.get());
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void pulse::run(const std::stop_token& stop) {
  const bool timed = told_.alive && told_.alive_every.count() > 0;
  const auto interval = timed ? std::min(status_interval, told_.alive_every) : status_interval;
  while (!stop.stop_requested()) {
    const auto asked = ask();
    if (!asked->wait(stop)) return;
    if (timed) told_.alive();
    if (told_.changed) told_.changed(asked->about);
    asked->pause(stop, interval);
  }
}

std::shared_ptr<pulse::round> pulse::ask() const {
  auto asked = std::make_shared<round>();
  asked->missing = lanes_.size();
  for (auto* each : lanes_)
    each->inspect([about = about_, asked](const proto::router_status& now) {
      asked->answered(about + "; " + workers_of(now));
    });
  return asked;
}

} // namespace squall::gateway
