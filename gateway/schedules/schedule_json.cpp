#include "gateway/schedules/schedule_json.hpp"

#include "gateway/queue/json_writing.hpp"
#include "gateway/queue/rfc3339.hpp"
#include "gateway/rpc/json_text.hpp"

namespace squall::gateway {
namespace {

void append_moment(std::string& out, std::string_view name, std::uint64_t unix_ms) {
  append_time(append_name(out, name) += '"', unix_ms);
  out += '"';
}

void append_flag(std::string& out, std::string_view name, bool value) {
  append_name(out, name) += value ? "true" : "false";
}

} // namespace

void append_schedule(std::string& out, const proto::schedule& what, bool is_whole) {
  const auto& options = what.job.job;
  rpc::append_quoted(append_name(out += '{', "name"), what.name);
  if (what.cron.empty()) {
    append_number(out, "every_ms", what.every_ms);
  } else {
    rpc::append_quoted(append_name(out, "cron"), what.cron);
    rpc::append_quoted(append_name(out, "time_zone"), what.time_zone);
  }
  rpc::append_quoted(append_name(out, "kind"), options.kind);
  if (is_whole) append_name(out, "params") += what.job.body;
  rpc::append_quoted(append_name(out, "queue"), what.queue);
  append_number(out, "priority", what.job.priority);
  if (options.max_attempts != 0) append_number(out, "max_attempts", options.max_attempts);
  append_number(out, "timeout_ms", options.timeout_ms);
  append_number(out, "ttl_ms", options.ttl_ms);
  append_number(out, "result_ttl_ms", options.result_ttl_ms);
  append_flag(out, "catch_up", what.catch_up);
  append_flag(out, "paused", what.paused);
  if (!what.paused) append_moment(out, "next_at", what.due_ms);
  if (what.last_ms != 0) append_moment(out, "last_at", what.last_ms);
  out += '}';
}

} // namespace squall::gateway
