#include "gateway/http/handlers.hpp"
#include "gateway/http/json_body.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/query_members.hpp"
#include "gateway/jobs/job_params.hpp"
#include "gateway/queue/queue_json.hpp"
#include "gateway/queue/queue_params.hpp"

#include <string>
#include <utility>

namespace squall::gateway::http {
namespace {

using proto::queue_op;

constexpr std::string_view wait_query[] = {"timeout_ms"};
constexpr std::string_view lease_query[] = {"timeout_ms", "max", "lease_ms"};
constexpr std::string_view dead_query[] = {"max"};
constexpr std::string_view ack_body[] = {"result"};
constexpr std::string_view nack_body[] = {"error", "delay_ms", "backoff"};
constexpr std::string_view extend_body[] = {"lease_ms"};
constexpr std::string_view put_back_body[] = {"ids"};

/// What a route asks, and where its client says the rest.
struct shape {
  queue_op op;
  member_names query = {};
  member_names body = {};
  bool dead = false; ///< purge: of the dead list
};

bool is_of_lease(queue_op op) {
  return op == queue_op::ack || op == queue_op::nack || op == queue_op::extend;
}

complaint read_path(proto::queue_request& to, const std::string& parameter) {
  (is_of_lease(to.op) ? to.lease : to.queue) = parameter;
  return is_of_lease(to.op) ? std::nullopt : check_queue_name(parameter);
}

complaint read_body(proto::queue_request& to, const std::string& body, member_names names) {
  if (to.op == queue_op::put) return read_items(to, body);
  return names.empty() || body.empty() ? std::nullopt : read_members(to, body, names);
}

/// The answer to what was done.
reply tell(const proto::queue_answer& answer) {
  response good;
  good.body = queue_answer_json(answer);
  if (good.body.empty())
    good.status = 204;
  else
    good.content_type = application_json;
  if (answer.created || answer.op == queue_op::put) good.status = 201;
  return good;
}

reply ask(const context& shared, request& to, const shape& what) {
  if (what.op == queue_op::put || !what.body.empty())
    if (auto refused = refuse_text(to)) return std::move(*refused);
  queue_question question{queue_request_of(what.op), tell};
  auto& request = question.request;
  request.dead = what.dead;
  if (shared.calls.draining() && begins_work(request))
    return make_problem(to, proto::errc::unavailable, "the gateway drains");
  auto wrong = read_path(request, to.parameter);
  if (!wrong)
    wrong = read_query(to.query, [&](std::string_view name, std::string_view value) {
      return read_member(request, name, value, what.query);
    });
  if (!wrong) wrong = read_body(request, to.body, what.body);
  if (!wrong) wrong = check_job_bytes(request, shared.limits.max_job_bytes);
  if (wrong) return make_problem(to, proto::errc::invalid_params, *wrong);
  return question;
}

} // namespace

reply list_queues(const context&, request&) {
  return queue_question{queue_request_of(queue_op::stats),
                        [](const proto::queue_answer& answer) -> reply {
                          response good;
                          good.content_type = application_json;
                          good.body = queue_list_json(answer);
                          return good;
                        }};
}

reply serve_queue(const context& shared, request& to) {
  if (to.method == method_put)
    return ask(shared, to, {queue_op::define, {}, queue_setting_members});
  return ask(shared, to, {to.method == method_delete ? queue_op::remove : queue_op::stats});
}

reply pause_queue(const context& shared, request& to) {
  return ask(shared, to, {queue_op::pause});
}

reply resume_queue(const context& shared, request& to) {
  return ask(shared, to, {queue_op::resume});
}

reply serve_items(const context& shared, request& to) {
  if (to.method == method_delete) return ask(shared, to, {queue_op::purge});
  return ask(shared, to, {queue_op::put, wait_query});
}

reply lease_items(const context& shared, request& to) {
  return ask(shared, to, {queue_op::lease, lease_query});
}

reply join_queue(const context& shared, request& to) {
  return ask(shared, to, {queue_op::join, wait_query});
}

reply serve_dead(const context& shared, request& to) {
  if (to.method == method_delete) return ask(shared, to, {queue_op::purge, {}, {}, true});
  return ask(shared, to, {queue_op::dead, dead_query});
}

reply put_back_dead(const context& shared, request& to) {
  return ask(shared, to, {queue_op::revive, {}, put_back_body});
}

reply ack_lease(const context& shared, request& to) {
  return ask(shared, to, {queue_op::ack, {}, ack_body});
}

reply nack_lease(const context& shared, request& to) {
  return ask(shared, to, {queue_op::nack, {}, nack_body});
}

reply extend_lease(const context& shared, request& to) {
  return ask(shared, to, {queue_op::extend, {}, extend_body});
}

} // namespace squall::gateway::http
