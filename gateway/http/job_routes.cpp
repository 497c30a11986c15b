#include "gateway/http/handlers.hpp"
#include "gateway/http/json_body.hpp"
#include "gateway/http/prefer.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/query_members.hpp"
#include "gateway/jobs/job_filter.hpp"
#include "gateway/jobs/job_json.hpp"
#include "gateway/jobs/job_params.hpp"
#include "gateway/queue/queue_params.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace squall::gateway::http {
namespace {

using proto::queue_op;

constexpr std::string_view get_query[] = {"wait_ms"};

reply refuse_draining(const request& to) {
  return make_problem(to, proto::errc::unavailable, "the gateway drains");
}

response answer_json(std::uint16_t status, std::string body) {
  response good;
  good.status = status;
  good.content_type = application_json;
  good.body = std::move(body);
  return good;
}

reply tell_job(const proto::queue_answer& answer) {
  return answer_json(200, job_json(answer));
}

reply tell_jobs(const proto::queue_answer& answer) {
  return answer_json(200, jobs_json(answer));
}

/// 202 to what was accepted now, 200 when all of it had been before.
std::uint16_t accepted(const proto::queue_answer& answer) {
  return std::ranges::all_of(answer.jobs, &proto::job_view::existed) ? 200 : 202;
}

reply tell_submitted(const proto::queue_answer& answer) {
  return answer_json(accepted(answer), jobs_json(answer));
}

response answer_submitted(std::uint16_t status, const proto::queue_answer& answer) {
  auto good = answer_json(status, job_json(answer));
  good.headers.emplace_back("Location", "/v1/jobs/" + to_text(answer.jobs.front().id));
  return good;
}

reply tell_submitted_job(const proto::queue_answer& answer) {
  return answer_submitted(accepted(answer), answer);
}

/// Tells of the job that was submitted when it is ended, or what it is after `seconds`.
reply wait_for_job(const proto::queue_answer& submitted, std::uint32_t seconds) {
  const bool existed = submitted.jobs.front().existed;
  return queue_question{wait_for_end(submitted, seconds * 1'000),
                        [seconds, existed](proto::queue_answer waited) -> reply {
                          make_submitted(waited, existed);
                          const bool ended = proto::is_ended(waited.jobs.front().state);
                          auto good = answer_submitted(ended ? 200 : 202, waited);
                          good.headers.emplace_back("Preference-Applied",
                                                    "wait=" + std::to_string(seconds));
                          return good;
                        }};
}

reply submit(const context& shared, const request& to) {
  if (auto refused = refuse_text(to)) return std::move(*refused);
  if (shared.calls.draining()) return refuse_draining(to);
  queue_question question{{}, tell_submitted_job};
  std::string key;
  complaint wrong;
  if (!to.idempotency_key.empty()) wrong = read_key_header(to.idempotency_key, key);
  if (!wrong)
    wrong = read_query(to.query, [](auto name, auto) { return refuse_unknown(name, {}); });
  if (!wrong) wrong = read_jobs(question.request, to.body, key);
  if (!wrong) wrong = check_job_bytes(question.request, shared.limits.max_job_bytes);
  if (wrong) return make_problem(to, proto::errc::invalid_params, *wrong);
  if (proto::json_cursor{to.body}.peek() == '[')
    question.then = tell_submitted;
  else if (const auto seconds = preferred_wait(to.prefer))
    question.then = [seconds](const auto& answer) { return wait_for_job(answer, *seconds); };
  return question;
}

reply list(const request& to) {
  queue_question question{queue_request_of(queue_op::job_list), tell_jobs};
  const auto wrong = read_query(to.query, [&question](auto name, auto value) {
    return read_filter(question.request.filter, name, value);
  });
  if (wrong) return make_problem(to, proto::errc::invalid_params, *wrong);
  return question;
}

} // namespace

reply serve_jobs(const context& shared, request& to) {
  return to.method == method_post ? submit(shared, to) : list(to);
}

reply serve_job(const context& shared, request& to) {
  const bool cancels = to.method == method_delete;
  queue_question question{queue_request_of(cancels ? queue_op::job_cancel : queue_op::job_get),
                          tell_job};
  auto& request = question.request;
  const auto id = proto::job_id_of(to.parameter);
  if (!id) return make_problem(to, proto::errc::not_found, "no job can have this id");
  request.jobs = {*id};
  const auto wrong = read_query(to.query, [&](auto name, auto value) {
    return read_member(request, name, value, cancels ? member_names{} : get_query);
  });
  if (wrong) return make_problem(to, proto::errc::invalid_params, *wrong);
  if (shared.calls.draining() && begins_work(request)) return refuse_draining(to);
  return question;
}

} // namespace squall::gateway::http
