#include "gateway/schedules/schedule_params.hpp"

#include "gateway/jobs/job_params.hpp"
#include "gateway/queue/queue_params.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace squall::gateway {
namespace {

constexpr std::uint64_t least_period_ms = 100;
constexpr std::uint64_t most_period_ms = longest_delay_ms;

constexpr std::string_view of_job[] = {"kind",         "params",     "queue",  "priority",
                                       "max_attempts", "timeout_ms", "ttl_ms", "result_ttl_ms"};
constexpr std::string_view all_members[] = {
    "name",   "cron",  "time_zone", "every_ms",     "catch_up",   "paused", "kind",
    "params", "queue", "priority",  "max_attempts", "timeout_ms", "ttl_ms", "result_ttl_ms"};

constexpr std::string_view name_member[] = {"name"};

/// A schedule while it is read.
struct draft {
  proto::schedule& to;
  bool may_be_named;
  bool has_zone = false;
  std::string job = "{"; ///< the members that are a job's, as they were written
};

std::uint64_t unix_now() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

complaint read_own_member(draft& out, std::string_view name, std::string_view value) {
  auto& to = out.to;
  if (name == "cron") return read_string(value, to.cron);
  if (name == "every_ms") return read_integer(value, least_period_ms, most_period_ms, to.every_ms);
  if (name == "catch_up") return read_bool(value, to.catch_up);
  if (name == "paused") return read_bool(value, to.paused);
  if (name == "time_zone") {
    out.has_zone = true;
    return read_string(value, to.time_zone);
  }
  if (!out.may_be_named) return "the path has it already";
  auto wrong = read_string(value, to.name);
  return wrong ? wrong : check_schedule_name(to.name);
}

complaint read_member(draft& out, std::string_view key, std::string_view value) {
  std::string decoded;
  const auto name = rpc::unquoted(key, decoded);
  if (auto wrong = refuse_unknown(name, all_members)) return wrong;
  if (std::ranges::find(of_job, name) == std::end(of_job))
    return about(name, read_own_member(out, name, value));
  out.job.append(out.job.size() > 1 ? "," : "").append(key).append(":").append(value);
  return std::nullopt;
}

complaint read_job(draft& out) {
  proto::queue_request put;
  auto wrong = read_jobs(put, out.job += '}');
  if (wrong) return wrong;
  out.to.queue = std::move(put.queue);
  out.to.job = std::move(put.items.front());
  return std::nullopt;
}

complaint read_times(draft& out) {
  auto& to = out.to;
  if (to.cron.empty() == (to.every_ms == 0)) return "cron: a line, or every_ms, is needed";
  if (out.has_zone && to.cron.empty()) return "time_zone: not together with every_ms";
  const auto times = proto::times_of(to);
  if (const auto* wrong = std::get_if<std::string>(&times)) return *wrong;
  to.due_ms = std::get<proto::due_times>(times).next(unix_now()).value_or(0);
  return std::nullopt;
}

} // namespace

complaint read_schedule(proto::schedule& to, std::string_view text) {
  draft out{to, to.name.empty()};
  complaint wrong;
  const auto valid =
      proto::json_cursor{text}.members([&](std::string_view key, std::string_view value) {
        return !(wrong = read_member(out, key, value));
      });
  if (wrong) return wrong;
  if (!valid) return R"(a schedule is an object with "kind" and "cron" or "every_ms")";
  if (to.name.empty()) return "name: the name of a schedule is needed";
  wrong = read_job(out);
  return wrong ? wrong : read_times(out);
}

complaint read_schedule_name(proto::schedule& to, std::string_view text) {
  complaint wrong;
  const auto valid =
      proto::json_cursor{text}.members([&](std::string_view key, std::string_view value) {
        std::string decoded;
        const auto name = rpc::unquoted(key, decoded);
        wrong = refuse_unknown(name, name_member);
        if (!wrong) wrong = about(name, read_string(value, to.name));
        return !wrong;
      });
  if (!wrong && (!valid || to.name.empty())) wrong = "name: the name of a schedule is needed";
  return wrong ? wrong : about("name", check_schedule_name(to.name));
}

complaint check_schedule_name(std::string_view name) {
  if (!check_queue_name(name)) return std::nullopt;
  return "a schedule's name is as a queue's: 1 to 128 of A-Z, a-z, 0-9, \".\", \"_\" and \"-\"";
}

} // namespace squall::gateway
