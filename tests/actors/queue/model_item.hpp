#pragma once

#include "proto/queue.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

/// An item of the model, told from others by its body.
struct model_item {
  using state = proto::item_state;

  std::string body;
  std::uint64_t number = 0; ///< in the order of the puts
  std::uint8_t priority = 5;
  state at = state::ready;
  std::uint32_t attempt = 0;
  std::uint64_t due = 0;
  std::uint64_t asker = 0; ///< that leased it
  std::uint64_t holder = 0;
  std::uint64_t death = 0; ///< in the order of deaths
  proto::job_options job;  ///< without a kind: it is none
  std::uint64_t put_at = 0;
  std::uint64_t expires = 0; ///< 0: never
  std::uint64_t changes = 1; ///< of a job
  std::string progress;
  std::string result;

  bool ended() const { return is_ended(at); }
  /// When it is dead unless it is begun; 0: never.
  std::uint64_t last_begin() const { return attempt == 0 ? expires : 0; }
  /// When something happens to it by itself; 0: never.
  std::uint64_t next() const {
    if (at == state::dead) return 0;
    if (at == state::ready) return last_begin();
    return at == state::delayed && last_begin() > 0 ? std::min(due, last_begin()) : due;
  }
  void move(state to) {
    changes += at == to ? 0 : 1;
    at = to;
  }
  /// What is kept of a job, with the result.
  void end(state how, std::uint64_t now) {
    move(how);
    due = now + job.result_ttl_ms;
    if (!job.idempotency_key.empty()) due = std::max<std::uint64_t>(due, put_at + 86'400'000);
  }
};

struct model_waiter {
  proto::queue_request request;
  std::uint64_t asker = 0;
  std::uint64_t deadline = 0; ///< 0: came in this turn
};

/// Who waits for a job to be ended, or to change.
struct model_get {
  std::uint64_t request = 0;
  std::uint64_t asker = 0;
  std::uint64_t deadline = 0;
  std::string body; ///< of the job
  std::uint64_t seen = 0;

  bool is_served_by(const model_item& job) const {
    return job.ended() || (seen > 0 && job.changes > seen);
  }
};

/// What a request must be answered with.
struct model_answer {
  proto::errc code = proto::errc::none;
  std::vector<std::pair<std::string, std::uint32_t>> items; ///< leased: body and attempt
  std::vector<std::string> jobs{};                          ///< see `job_text`
  std::vector<std::string> bodies{};                        ///< put: of the jobs

  friend bool operator==(const model_answer&, const model_answer&) = default;
};

/// What is compared of a job.
inline std::string job_text(const proto::job_view& job, const std::string& body) {
  auto out = body + '=' + std::to_string(static_cast<int>(job.state));
  for (const auto number : {std::uint64_t{job.attempt}, job.changes})
    out += '/' + std::to_string(number);
  return out + (job.existed ? "/existed/" : "/") + job.progress + '/' + job.result;
}
inline std::string job_text(const model_item& job, bool existed = false, bool whole = true) {
  proto::job_view out;
  out.state = job.at;
  out.attempt = job.attempt;
  out.changes = job.changes;
  out.existed = existed;
  out.progress = job.progress;
  if (whole) out.result = job.result;
  return job_text(out, job.body);
}

} // namespace squall::tests
