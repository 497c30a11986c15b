#include "gateway/http/event_stream.hpp"
#include "gateway/http/handlers.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/query_members.hpp"
#include "gateway/http/syntax.hpp"
#include "gateway/jobs/job_json.hpp"
#include "gateway/queue/queue_params.hpp"

#include <limits>
#include <optional>

namespace squall::gateway::http {
namespace {

/// Begins with the job as it is, unless the client has seen that already. One that has seen the end
/// is told with 204 that nothing more comes: then browsers do not come back.
reply tell_events(const proto::queue_answer& answer, std::optional<std::uint64_t> seen,
                  bool http_1_0) {
  const auto& job = answer.jobs.front();
  const bool ended = proto::is_ended(job.state);
  const bool is_news = seen != job.changes;
  response good;
  good.headers.emplace_back("Cache-Control", "no-store");
  if (ended && !is_news) {
    good.status = 204;
    return good;
  }
  good.content_type = "text/event-stream";
  good.headers.emplace_back("X-Accel-Buffering", "no"); // nginx would hold the events back
  good.body = event_stream_opening;
  if (is_news) append_event(good.body, job.changes, job_json(answer));
  good.chunked = true;
  if (!ended) {
    good.follow = followed_job{job.id, job.changes};
    good.close = http_1_0; // which ends a body of unknown length
  }
  return good;
}

} // namespace

reply follow_job(const context& shared, request& to) {
  const auto id = proto::job_id_of(to.parameter);
  if (!id) return make_problem(to, proto::errc::not_found, "no job can have this id");
  const auto wrong = read_query(to.query, [](auto name, auto) { return refuse_unknown(name, {}); });
  if (wrong) return make_problem(to, proto::errc::invalid_params, *wrong);
  if (shared.calls.draining())
    return make_problem(to, proto::errc::unavailable, "the gateway drains");
  queue_question question{queue_request_of(proto::queue_op::job_get), {}};
  question.request.jobs = {*id};
  const auto seen = parse_number(to.last_event_id, std::numeric_limits<std::uint64_t>::max());
  question.then = [seen, http_1_0 = to.http_1_0](const auto& answer) {
    return tell_events(answer, seen, http_1_0);
  };
  return question;
}

} // namespace squall::gateway::http
