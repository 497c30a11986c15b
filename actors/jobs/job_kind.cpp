#include "actors/jobs/job_kind.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

/// Weight of the latest run in the moving average.
constexpr double newest = 0.125;

} // namespace

job_kind::job_kind(std::string name, std::uint32_t queues) : name_{std::move(name)} {
  for (std::uint32_t queue = 0; queue < queues; ++queue)
    plan_.add(queue);
}

std::uint32_t job_kind::tokens() const noexcept {
  if (run_us_ == 0) return slots_;
  const auto fill = slots_ * static_cast<double>(ahead.count()) / run_us_;
  return slots_ + static_cast<std::uint32_t>(std::min<double>(fill, most_ahead));
}

void job_kind::ran(std::uint32_t run_us) {
  const auto time = std::max(1.0, static_cast<double>(run_us));
  run_us_ = run_us_ == 0 ? time : run_us_ + newest * (time - run_us_);
  pause_ = first_pause;
}

bool job_kind::refused(time_point now) {
  if (paused_until_ && now < *paused_until_) return false;
  paused_until_ = now + pause_;
  pause_ = std::min(2 * pause_, longest_pause);
  return true;
}

std::vector<lease_plan::ask> job_kind::next(time_point now) {
  if (paused_until_ && now < *paused_until_) return {};
  paused_until_.reset();
  plan_.resize(tokens());
  return plan_.next(now);
}

std::optional<job_kind::time_point> job_kind::next_look() const {
  return paused_until_ ? paused_until_ : plan_.next_look();
}

} // namespace squall::actors
