#pragma once

#include "proto/queue.hpp"

#include <string>
#include <string_view>

/// Answers about jobs as JSON text. Params and results are put in as they are. Pure.
namespace squall::gateway {

/// What clients call a job's state.
std::string_view job_state_name(proto::item_state state) noexcept;

/// The one job of an answer. What does not apply to it as it is now is left out.
std::string job_json(const proto::queue_answer& answer);

/// All jobs of an answer: `{"jobs":[...]}`, with a `cursor` when the list goes on.
std::string jobs_json(const proto::queue_answer& answer);

/// Appends why one attempt at an item or a job failed.
void append_attempt(std::string& out, const proto::failed_attempt& attempt);

} // namespace squall::gateway
