#include "gateway/rpc/queue_methods.hpp"

#include "gateway/jobs/job_filter.hpp"
#include "gateway/jobs/job_json.hpp"
#include "gateway/jobs/job_params.hpp"
#include "gateway/queue/queue_params.hpp"
#include "gateway/rpc/json_text.hpp"
#include "gateway/schedules/schedule_params.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>
#include <array>

namespace squall::gateway::rpc {
namespace {

using access::area;
using proto::queue_op;

constexpr std::string_view of_create[] = {"queue",          "order",       "maxsize",
                                          "max_attempts",   "lease_ms",    "backoff_ms",
                                          "backoff_cap_ms", "max_running", "rate"};
constexpr std::string_view of_queue[] = {"queue"};
constexpr std::string_view of_put[] = {"queue", "item", "items", "timeout_ms"};
constexpr std::string_view of_lease[] = {"queue", "timeout_ms", "max", "lease_ms", "detach"};
constexpr std::string_view of_ack[] = {"lease", "result"};
constexpr std::string_view of_nack[] = {"lease", "error", "delay_ms", "backoff"};
constexpr std::string_view of_extend[] = {"lease", "lease_ms"};
constexpr std::string_view of_join[] = {"queue", "timeout_ms"};
constexpr std::string_view of_dead[] = {"queue", "max"};
constexpr std::string_view of_put_back[] = {"queue", "ids"};
constexpr std::string_view of_purge[] = {"queue", "dead"};
constexpr std::string_view of_job[] = {"id"};
constexpr std::string_view of_job_get[] = {"id", "wait_ms"};
constexpr std::string_view of_watch[] = {"id", "mine"};

/// What the request needs and its client did not say.
complaint missing(const queue_method& method, const proto::queue_request& request) {
  if (method.members.empty()) return std::nullopt;
  if (method.members.front() == "lease")
    return request.lease.empty() ? complaint{"lease: the id of a lease is needed"} : std::nullopt;
  if (method.members.front() == "id")
    return request.jobs.empty() ? complaint{"id: the id of a job is needed"} : std::nullopt;
  if (request.queue.empty()) return "queue: the name of a queue is needed";
  if (method.op == queue_op::put && request.items.empty())
    return "item: an item, or items: an array of them, is needed";
  return std::nullopt;
}

complaint read_named(const queue_method& method, std::string_view params, queue_task& to) {
  auto wrong = read_members(to.request, params, method.members);
  return wrong ? wrong : missing(method, to.request);
}

complaint read_submit(const queue_method&, std::string_view params, queue_task& to) {
  submission how;
  auto wrong = read_submission(to.request, params, how);
  to.tell = how.many ? jobs_json : job_json;
  to.wait_ms = how.wait_ms;
  return wrong;
}

complaint read_list(const queue_method&, std::string_view params, queue_task& to) {
  return read_filter_members(to.request.filter, params);
}

template <watching OneJob, watching Mine>
complaint read_watch(const queue_method&, std::string_view params, queue_task& to) {
  bool mine = false;
  complaint wrong;
  const auto take = [&](std::string_view key, std::string_view value) {
    std::string decoded;
    const auto name = unquoted(key, decoded);
    wrong = name == "mine" ? about(name, read_bool(value, mine))
                           : read_member(to.request, name, value, of_watch);
    return !wrong;
  };
  const bool valid = proto::json_cursor{params}.members(take);
  if (!valid && !wrong) wrong = "an object is needed";
  if (!wrong && mine != to.request.jobs.empty())
    wrong = "id: the id of a job, or mine: true, is needed";
  to.watch = mine ? Mine : OneJob;
  return wrong;
}

template <schedule_op Op>
complaint read_schedule_task(const queue_method&, std::string_view params, queue_task& to) {
  proto::schedule about;
  auto wrong = Op == schedule_op::set    ? read_schedule(about, params)
               : Op == schedule_op::list ? read_members(to.request, params, {})
                                         : read_schedule_name(about, params);
  if (wrong) return wrong;
  to.talk = std::make_shared<schedule_talk>(Op, std::move(about));
  to.request = to.talk->begin();
  return std::nullopt;
}

constexpr std::array methods{
    queue_method{"queue.create", area::queues, queue_op::define, read_named, of_create},
    queue_method{"queue.list", area::queues, queue_op::stats, read_named, {}, queue_list_json},
    queue_method{"queue.stats", area::queues, queue_op::stats, read_named, of_queue},
    queue_method{"queue.delete", area::queues, queue_op::remove, read_named, of_queue},
    queue_method{"queue.put", area::queues, queue_op::put, read_named, of_put},
    queue_method{"queue.lease", area::queues, queue_op::lease, read_named, of_lease},
    queue_method{"queue.ack", area::leases, queue_op::ack, read_named, of_ack},
    queue_method{"queue.nack", area::leases, queue_op::nack, read_named, of_nack},
    queue_method{"queue.extend", area::leases, queue_op::extend, read_named, of_extend},
    queue_method{"queue.join", area::queues, queue_op::join, read_named, of_join},
    queue_method{"queue.dead", area::queues, queue_op::dead, read_named, of_dead},
    queue_method{"queue.put_back", area::queues, queue_op::revive, read_named, of_put_back},
    queue_method{"queue.pause", area::queues, queue_op::pause, read_named, of_queue},
    queue_method{"queue.resume", area::queues, queue_op::resume, read_named, of_queue},
    queue_method{"queue.purge", area::queues, queue_op::purge, read_named, of_purge},
    queue_method{"jobs.submit", area::jobs_write, queue_op::put, read_submit},
    queue_method{"jobs.get", area::jobs_read, queue_op::job_get, read_named, of_job_get},
    queue_method{"jobs.cancel", area::jobs_write, queue_op::job_cancel, read_named, of_job},
    queue_method{"jobs.list", area::jobs_read, queue_op::job_list, read_list},
    queue_method{"jobs.subscribe", area::jobs_read, queue_op::job_get,
                 read_watch<watching::begin, watching::begin_mine>},
    queue_method{"jobs.unsubscribe", area::jobs_read, queue_op::job_get,
                 read_watch<watching::end, watching::end_mine>},
    queue_method{"schedules.set", area::schedules, queue_op::put,
                 read_schedule_task<schedule_op::set>},
    queue_method{"schedules.list", area::schedules, queue_op::job_list,
                 read_schedule_task<schedule_op::list>},
    queue_method{"schedules.get", area::schedules, queue_op::job_list,
                 read_schedule_task<schedule_op::get>},
    queue_method{"schedules.delete", area::schedules, queue_op::job_list,
                 read_schedule_task<schedule_op::remove>},
    queue_method{"schedules.pause", area::schedules, queue_op::job_list,
                 read_schedule_task<schedule_op::pause>},
    queue_method{"schedules.resume", area::schedules, queue_op::job_list,
                 read_schedule_task<schedule_op::resume>},
};

/// With its point; empty: none.
std::string_view namespace_of(std::string_view name) {
  return name.substr(0, name.find('.') + 1);
}

proto::result refusal(proto::errc code, std::string why) {
  proto::result result;
  result.code = code;
  result.body = std::move(why);
  return result;
}

} // namespace

const queue_method* find_queue_method(std::string_view name) noexcept {
  if (!is_of_queues(name)) return nullptr;
  const auto* const found = std::ranges::find(methods, name, &queue_method::name);
  return found == methods.end() ? nullptr : found;
}

bool is_of_queues(std::string_view name) noexcept {
  return name.starts_with("queue.") || name.starts_with("jobs.") || name.starts_with("schedules.");
}

bool is_submission(const queue_task& task) noexcept {
  const auto& items = task.request.items;
  return !task.talk && !items.empty() && !items.front().job.kind.empty();
}

proto::result schedule_result(schedule_talk& talk) {
  proto::result result;
  result.body = talk.take_text();
  if (!talk.found() && result.body.empty())
    return refusal(proto::errc::not_found, "there is no schedule of this name");
  if (result.body.empty()) result.body = "true";
  return result;
}

std::string queue_method_names(std::string_view name) {
  std::string list;
  for (const auto& each : methods)
    if (namespace_of(each.name) == namespace_of(name))
      list.append(list.empty() ? "" : ", ").append(each.name);
  return list;
}

std::variant<queue_task, proto::result> read_queue_task(const queue_method& method,
                                                        std::string_view params,
                                                        std::uint64_t holder,
                                                        std::size_t max_job_bytes) {
  queue_task task{queue_request_of(method.op), method.tell};
  if (method.op == queue_op::lease) task.request.holder = holder;
  auto wrong = method.read(method, params.empty() ? "{}" : params, task);
  if (!wrong) wrong = check_job_bytes(task.request, max_job_bytes);
  if (wrong) return refusal(proto::errc::invalid_params, std::move(*wrong));
  if (asks_for_no_job(task.request))
    return refusal(proto::errc::not_found, "no job can have this id");
  return task;
}

proto::result queue_result(answer_text tell, const proto::queue_answer& answer) {
  if (answer.code != proto::errc::none) return refusal(answer.code, answer.message);
  proto::result result;
  result.body = tell(answer);
  if (result.body.empty()) result.body = answer.op == queue_op::lease ? "null" : "true";
  return result;
}

} // namespace squall::gateway::rpc
