#pragma once

#include "gateway/access/scope.hpp"
#include "gateway/queue/member_values.hpp"
#include "gateway/queue/queue_json.hpp"
#include "gateway/schedules/schedule_talk.hpp"
#include "proto/call.hpp"
#include "proto/queue.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace squall::gateway::rpc {

/// What a client is told of a request that was done, as JSON; empty: no more than that.
using answer_text = std::string (*)(const proto::queue_answer&);

/// What a method does with the watching of jobs. Of `mine` it is about all that the connection
/// submits, and no request is made.
enum class watching : std::uint8_t { none, begin, begin_mine, end, end_mine };

/// What a method asks for, and how the answer is told.
struct queue_task {
  proto::queue_request request;
  answer_text tell = queue_answer_json;
  std::uint32_t wait_ms = 0; ///< behind a put of one job: for its end, which is told then
  std::shared_ptr<schedule_talk> talk{}; ///< goes on with the answer; null: it is told
  watching watch = watching::none;
};

/// Whether it is jobs that the task puts.
bool is_submission(const queue_task& task) noexcept;

/// One of the methods `queue.*`, `jobs.*` and `schedules.*`.
struct queue_method {
  std::string_view name;
  access::area needs; ///< of a token
  proto::queue_op op;
  /// Takes the params, an object.
  complaint (*read)(const queue_method& method, std::string_view params, queue_task& to);
  member_names members = {}; ///< of its params; the first is required, if any
  answer_text tell = queue_answer_json;
};

/// The method of that name, or null.
const queue_method* find_queue_method(std::string_view name) noexcept;

/// Whether `name` is in a namespace of these methods; then `queue_method_names` has its others.
bool is_of_queues(std::string_view name) noexcept;

/// The names of all methods in the namespace of `name`, for people.
std::string queue_method_names(std::string_view name);

/// Reads a method's params. `holder` gets the items that it leases, unless they are detached.
/// Params of jobs and results have at most `max_job_bytes`. Otherwise the error, for people.
std::variant<queue_task, proto::result> read_queue_task(const queue_method& method,
                                                        std::string_view params,
                                                        std::uint64_t holder,
                                                        std::size_t max_job_bytes);

/// What came of a talk about schedules that is over, as an answer of a call.
proto::result schedule_result(schedule_talk& talk);

/// An answer of queues as one of a call.
proto::result queue_result(answer_text tell, const proto::queue_answer& answer);

} // namespace squall::gateway::rpc
