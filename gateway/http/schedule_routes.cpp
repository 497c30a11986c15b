#include "gateway/http/handlers.hpp"
#include "gateway/http/json_body.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/query_members.hpp"
#include "gateway/schedules/schedule_params.hpp"
#include "gateway/schedules/schedule_talk.hpp"

#include <memory>
#include <utility>

namespace squall::gateway::http {
namespace {

/// What a client is told when all is done.
struct ending {
  std::uint16_t found = 200;
  std::optional<std::uint16_t> not_found{}; ///< nothing: a problem
  const request* to = nullptr;              ///< lives until it is answered
};

reply tell(schedule_talk& talk, const ending& how) {
  if (!talk.found() && !how.not_found)
    return make_problem(*how.to, proto::errc::not_found, "there is no schedule of this name");
  response good;
  good.status = talk.found() ? how.found : *how.not_found;
  good.body = talk.take_text();
  if (!good.body.empty()) good.content_type = application_json;
  return good;
}

queue_question ask(proto::queue_request request, std::shared_ptr<schedule_talk> talk, ending how) {
  return {std::move(request), [talk, how](const proto::queue_answer& answer) -> reply {
            auto next = talk->go_on(answer);
            return next ? reply{ask(std::move(*next), talk, how)} : tell(*talk, how);
          }};
}

reply begin(schedule_op op, proto::schedule about, ending how) {
  auto talk = std::make_shared<schedule_talk>(op, std::move(about));
  auto first = talk->begin();
  return ask(std::move(first), std::move(talk), how);
}

complaint refuse_query(const request& to) {
  return read_query(to.query, [](auto name, auto) { return refuse_unknown(name, {}); });
}

reply serve_named(const context& shared, const request& to, schedule_op op) {
  const bool sets = op == schedule_op::set;
  if (sets)
    if (auto refused = refuse_text(to)) return std::move(*refused);
  if (shared.calls.draining() && op != schedule_op::get)
    return make_problem(to, proto::errc::unavailable, "the gateway drains");
  proto::schedule about;
  about.name = to.parameter;
  auto wrong = check_schedule_name(about.name);
  if (!wrong) wrong = refuse_query(to);
  if (!wrong && sets) wrong = read_schedule(about, to.body);
  if (!wrong && about.job.body.size() > shared.limits.max_job_bytes)
    wrong = "params: at most " + std::to_string(shared.limits.max_job_bytes) + " bytes are taken";
  if (wrong) return make_problem(to, proto::errc::invalid_params, *wrong);
  ending how;
  how.to = &to;
  if (sets) how.not_found = 201;
  if (op == schedule_op::remove) how.found = 204;
  return begin(op, std::move(about), how);
}

} // namespace

reply list_schedules(const context&, request& to) {
  if (const auto wrong = refuse_query(to))
    return make_problem(to, proto::errc::invalid_params, *wrong);
  ending how;
  how.to = &to;
  how.not_found = 200;
  return begin(schedule_op::list, {}, how);
}

reply serve_schedule(const context& shared, request& to) {
  if (to.method == method_put) return serve_named(shared, to, schedule_op::set);
  return serve_named(shared, to,
                     to.method == method_delete ? schedule_op::remove : schedule_op::get);
}

reply pause_schedule(const context& shared, request& to) {
  return serve_named(shared, to, schedule_op::pause);
}

reply resume_schedule(const context& shared, request& to) {
  return serve_named(shared, to, schedule_op::resume);
}

} // namespace squall::gateway::http
