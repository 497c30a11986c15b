#pragma once

#include "gateway/jobs/job_json.hpp"
#include "gateway/queue/queue_params.hpp"
#include "proto/queue.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::gateway::rpc {

/// Looks at many jobs, a few with each request, as params and results may be long. Pure.
class job_roll {
public:
  explicit job_roll(std::vector<proto::job_id> jobs) : jobs_{std::move(jobs)} {}

  /// The next request; nothing when all were looked at.
  std::optional<proto::queue_request> next() {
    if (at_ == jobs_.size()) return std::nullopt;
    asked_ = singles_ > 0 ? 1 : std::min(most_asked, jobs_.size() - at_);
    auto request = queue_request_of(proto::queue_op::job_get);
    const auto begin = jobs_.begin() + static_cast<std::ptrdiff_t>(at_);
    request.jobs.assign(begin, begin + static_cast<std::ptrdiff_t>(asked_));
    return request;
  }

  /// Takes the answer to the request before: jobs, or `not_found`, as one of them was forgotten.
  void take(proto::queue_answer&& answer) {
    if (answer.code == proto::errc::not_found && asked_ > 1) {
      singles_ = asked_;
      return;
    }
    if (singles_ > 0) --singles_;
    at_ += asked_;
    for (auto& job : answer.jobs) {
      job.params = {};
      job.result = {};
      found_.jobs.push_back(std::move(job));
    }
  }

  /// Those that are there, without params and results.
  const std::vector<proto::job_view>& found() const noexcept { return found_.jobs; }
  /// The same as a list.
  std::string text() const { return jobs_json(found_); }

private:
  static constexpr std::size_t most_asked = 16;

  std::vector<proto::job_id> jobs_;
  std::size_t at_ = 0;      ///< of the first that was not looked at
  std::size_t asked_ = 0;   ///< with the last request
  std::size_t singles_ = 0; ///< so many are asked for one by one
  proto::queue_answer found_;
};

} // namespace squall::gateway::rpc
