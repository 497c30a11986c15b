#pragma once

#include "proto/call.hpp"
#include "proto/queue.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace squall::gateway::rpc {

/// One of the methods `queue.*`.
struct queue_method {
  std::string_view name;
  proto::queue_op op;
  std::span<const std::string_view> members; ///< of its params; the first is required, if any
  bool lists_all = false;
};

/// The method of that name, or null.
const queue_method* find_queue_method(std::string_view name) noexcept;

/// The names of all of them, for people.
std::string queue_method_names();

/// Reads a method's params. `holder` gets the items that it leases, unless they are detached.
/// Otherwise says for people which member is wrong and why.
std::variant<proto::queue_request, std::string>
read_queue_request(const queue_method& method, std::string_view params, std::uint64_t holder);

/// An answer of queues as one of a call.
proto::result queue_result(const queue_method& method, const proto::queue_answer& answer);

} // namespace squall::gateway::rpc
