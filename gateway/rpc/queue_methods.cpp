#include "gateway/rpc/queue_methods.hpp"

#include "gateway/queue/queue_json.hpp"
#include "gateway/queue/queue_params.hpp"

#include <algorithm>
#include <array>

namespace squall::gateway::rpc {
namespace {

using proto::queue_op;

constexpr std::string_view of_create[] = {"queue",    "order",      "maxsize",       "max_attempts",
                                          "lease_ms", "backoff_ms", "backoff_cap_ms"};
constexpr std::string_view of_queue[] = {"queue"};
constexpr std::string_view of_put[] = {"queue", "item", "items", "timeout_ms"};
constexpr std::string_view of_lease[] = {"queue", "timeout_ms", "max", "lease_ms", "detach"};
constexpr std::string_view of_ack[] = {"lease"};
constexpr std::string_view of_nack[] = {"lease", "error", "delay_ms", "backoff"};
constexpr std::string_view of_extend[] = {"lease", "lease_ms"};
constexpr std::string_view of_join[] = {"queue", "timeout_ms"};
constexpr std::string_view of_dead[] = {"queue", "max"};
constexpr std::string_view of_put_back[] = {"queue", "ids"};
constexpr std::string_view of_purge[] = {"queue", "dead"};

constexpr std::array methods{
    queue_method{"queue.create", queue_op::define, of_create},
    queue_method{"queue.list", queue_op::stats, {}, true},
    queue_method{"queue.stats", queue_op::stats, of_queue},
    queue_method{"queue.delete", queue_op::remove, of_queue},
    queue_method{"queue.put", queue_op::put, of_put},
    queue_method{"queue.lease", queue_op::lease, of_lease},
    queue_method{"queue.ack", queue_op::ack, of_ack},
    queue_method{"queue.nack", queue_op::nack, of_nack},
    queue_method{"queue.extend", queue_op::extend, of_extend},
    queue_method{"queue.join", queue_op::join, of_join},
    queue_method{"queue.dead", queue_op::dead, of_dead},
    queue_method{"queue.put_back", queue_op::revive, of_put_back},
    queue_method{"queue.pause", queue_op::pause, of_queue},
    queue_method{"queue.resume", queue_op::resume, of_queue},
    queue_method{"queue.purge", queue_op::purge, of_purge},
};

/// What the request needs and its client did not say.
complaint missing(const queue_method& method, const proto::queue_request& request) {
  if (method.members.empty()) return std::nullopt;
  if (method.members.front() == "lease")
    return request.lease.empty() ? complaint{"lease: the id of a lease is needed"} : std::nullopt;
  if (request.queue.empty()) return "queue: the name of a queue is needed";
  if (method.op == queue_op::put && request.items.empty())
    return "item: an item, or items: an array of them, is needed";
  return std::nullopt;
}

} // namespace

const queue_method* find_queue_method(std::string_view name) noexcept {
  if (!name.starts_with("queue.")) return nullptr;
  const auto* const found = std::ranges::find(methods, name, &queue_method::name);
  return found == methods.end() ? nullptr : found;
}

std::string queue_method_names() {
  std::string list;
  for (const auto& each : methods)
    list.append(list.empty() ? "" : ", ").append(each.name);
  return list;
}

std::variant<proto::queue_request, std::string>
read_queue_request(const queue_method& method, std::string_view params, std::uint64_t holder) {
  auto request = queue_request_of(method.op);
  if (method.op == queue_op::lease) request.holder = holder;
  auto wrong = read_members(request, params.empty() ? "{}" : params, method.members);
  if (!wrong) wrong = missing(method, request);
  if (wrong) return std::move(*wrong);
  return request;
}

proto::result queue_result(const queue_method& method, const proto::queue_answer& answer) {
  proto::result result;
  result.code = answer.code;
  if (answer.code != proto::errc::none)
    result.body = answer.message;
  else if (method.lists_all)
    result.body = queue_list_json(answer);
  else
    result.body = queue_answer_json(answer);
  if (result.code == proto::errc::none && result.body.empty())
    result.body = method.op == queue_op::lease ? "null" : "true";
  return result;
}

} // namespace squall::gateway::rpc
