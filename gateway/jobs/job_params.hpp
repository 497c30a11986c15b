#pragma once

#include "gateway/queue/member_values.hpp"
#include "proto/queue.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// What clients say of jobs, from JSON and headers. Each function says for people
/// what is wrong, or nothing when all is good. As pure as the reading of values is.
namespace squall::gateway {

/// Most jobs that one request submits or lists.
inline constexpr std::uint32_t most_jobs = 1'000;
/// Where a job goes that names no queue.
inline constexpr std::string_view default_queue = "default";
inline constexpr std::size_t longest_kind = 128; ///< of its name

/// Whether it can be a name or a key: not empty, so long at most, no control characters.
complaint check_job_text(std::string_view text, std::size_t most);

/// Makes the request a put of the jobs of `text`, one object or an array of them, into their one
/// queue, which is made when it is missing. Params stay as they were written. `key`, when it is not
/// empty, is the `idempotency_key` of a single job, and with `/0`, `/1`, ... behind it that of each
/// of an array.
complaint read_jobs(proto::queue_request& to, std::string_view text, std::string_view key = {});

/// How the answer to a submission is told.
struct submission {
  bool many = false;         ///< as a list
  std::uint32_t wait_ms = 0; ///< of one job: when it is ended, or behind this time
};

/// The same from an object that is a job, which may have `wait_ms`, or has nothing but `jobs`: an
/// array of them.
complaint read_submission(proto::queue_request& to, std::string_view text, submission& how);

/// The request for the job of the answer when it is ended, or for what it is after the time.
proto::queue_request wait_for_end(const proto::queue_answer& submitted, std::uint32_t wait_ms);
/// Makes its answer that to the submission: one that is not ended is told as if nobody had waited.
void make_submitted(proto::queue_answer& waited, bool existed);

/// The key that a header `Idempotency-Key` stands for. As the header's draft (07) has it the value
/// is a quoted string; one without quotes is taken as it is.
complaint read_key_header(std::string_view value, std::string& key);

/// Whether neither the params of one of the jobs to be put nor an acked result are longer.
complaint check_job_bytes(const proto::queue_request& request, std::size_t most);

/// Whether the request is about the id of no job, which there cannot be.
bool asks_for_no_job(const proto::queue_request& request) noexcept;

} // namespace squall::gateway
