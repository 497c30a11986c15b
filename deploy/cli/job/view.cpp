#include "deploy/cli/job/view.hpp"

#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/table.hpp"
#include "deploy/cli/units.hpp"
#include "gateway/queue/rfc3339.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::cli {

namespace {

using fields::number;
using fields::text;
using nlohmann::json;

cell at_right(std::string words) {
  cell result(std::move(words));
  result.right = true;
  return result;
}

tone tone_of(const std::string& state) {
  if (state == "done") return tone::good;
  if (state == "dead") return tone::bad;
  if (state == "leased") return tone::warning;
  return state == "cancelled" ? tone::faint : tone::plain;
}

std::string age(const json& job, std::int64_t now_ms) {
  const auto created = gateway::read_time(text(job, "created_at"));
  if (!created) return "";
  return format_age(static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms - *created, 0)) /
                    1'000);
}

} // namespace

std::string render_jobs(const json& jobs, std::int64_t now_ms, bool colours) {
  table rows({"ID", "STATE", "KIND", "QUEUE", "ATTEMPT", "AGE"});
  for (const auto& job : jobs) {
    const auto state = text(job, "state");
    const auto attempts =
        format_count(number(job, "attempt")) + " of " + format_count(number(job, "max_attempts"));
    rows.add({text(job, "id"), cell(state, tone_of(state)), text(job, "kind"), text(job, "queue"),
              at_right(attempts), at_right(age(job, now_ms))});
  }
  return rows.empty() ? "No jobs.\n" : rows.render(colours);
}

std::string render_state(const job_state& job) {
  auto line = job.id + "  " + job.state;
  if (job.attempt > 0) {
    line += ", attempt " + format_count(job.attempt) + " of " + format_count(job.max_attempts);
  }
  if (!job.progress.empty()) line += "  " + job.progress;
  return line;
}

std::string describe_failure(const job_state& job) {
  const auto known = job.state == "dead" && !job.error.empty();
  return "job " + job.id + " is " + job.state + (known ? ": " + job.error : "");
}

} // namespace squall::cli
