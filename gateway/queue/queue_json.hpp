#pragma once

#include "proto/queue.hpp"

#include <string>

/// Answers of queues as JSON text. Items' bodies are put in as they are. Pure.
namespace squall::gateway {

/// What a client is told beside that it was done: the books of one queue, `ids`, `items` or
/// `lease_ms`; empty when there is nothing to tell, or nothing was leased.
std::string queue_answer_json(const proto::queue_answer& answer);

/// The books of all queues: `{"queues":[...]}`.
std::string queue_list_json(const proto::queue_answer& answer);

} // namespace squall::gateway
