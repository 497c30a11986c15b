#include "gateway/jobs/job_json.hpp"

#include "gateway/queue/json_writing.hpp"
#include "gateway/queue/rfc3339.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/schedule.hpp"

namespace squall::gateway {
namespace {

using proto::item_state;

void append_moment(std::string& out, std::string_view name, std::uint64_t unix_ms) {
  append_time(append_name(out, name) += '"', unix_ms);
  out += '"';
}

/// What `job_view::due_ms` means in this state; empty: nothing.
std::string_view due_name(item_state state) noexcept {
  switch (state) {
  case item_state::delayed:
    return "run_at";
  case item_state::leased:
    return "lease_until";
  case item_state::done:
  case item_state::cancelled:
    return "expires_at";
  case item_state::ready:
  case item_state::dead:
    break;
  }
  return {};
}

void append_job(std::string& out, const proto::job_view& job) {
  append_name(out += '{', "id").append("\"").append(to_text(job.id)).append("\"");
  if (job.existed) append_name(out, "existed") += "true";
  rpc::append_quoted(append_name(out, "queue"), job.queue);
  rpc::append_quoted(append_name(out, "kind"), job.kind);
  append_name(out, "state").append("\"").append(job_state_name(job.state)).append("\"");
  append_number(out, "priority", job.priority);
  append_number(out, "attempt", job.attempt);
  append_number(out, "max_attempts", job.max_attempts);
  append_moment(out, "created_at", job.created_ms);
  if (const auto due = due_name(job.state); !due.empty()) append_moment(out, due, job.due_ms);
  if (job.started_ms != 0) append_moment(out, "started_at", job.started_ms);
  if (job.ended_ms != 0) append_moment(out, "ended_at", job.ended_ms);
  if (!job.worker.empty()) rpc::append_quoted(append_name(out, "worker"), job.worker);
  append_list(out, "attempts", job.attempts, append_attempt);
  if (!job.progress.empty()) append_name(out, "progress") += job.progress;
  if (!job.params.empty()) append_name(out, "params") += job.params;
  if (!job.result.empty()) append_name(out, "result") += job.result;
  out += '}';
}

} // namespace

std::string_view job_state_name(item_state state) noexcept {
  switch (state) {
  case item_state::ready:
    break;
  case item_state::delayed:
    return "scheduled";
  case item_state::leased:
    return "leased";
  case item_state::dead:
    return "dead";
  case item_state::done:
    return "done";
  case item_state::cancelled:
    return "cancelled";
  }
  return "ready";
}

std::string job_json(const proto::queue_answer& answer) {
  std::string out;
  if (!answer.jobs.empty()) append_job(out, answer.jobs.front());
  return out;
}

std::string jobs_json(const proto::queue_answer& answer) {
  std::string out = "{";
  std::vector<proto::job_view> jobs = answer.jobs;
  std::erase_if(jobs, [](const auto& each) { return proto::is_reserved(each.queue); });
  append_list(out, "jobs", jobs, append_job);
  if (answer.next != 0)
    append_name(out, "cursor").append("\"").append(std::to_string(answer.next)).append("\"");
  return out += '}';
}

void append_attempt(std::string& out, const proto::failed_attempt& attempt) {
  out += '{';
  append_number(out, "attempt", attempt.attempt);
  append_moment(out, "at", attempt.at_ms);
  rpc::append_quoted(append_name(out, "error"), attempt.error);
  if (!attempt.worker.empty()) rpc::append_quoted(append_name(out, "worker"), attempt.worker);
  out += '}';
}

} // namespace squall::gateway
