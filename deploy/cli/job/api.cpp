#include "deploy/cli/job/api.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/raw_json.hpp"
#include "proto/job_id.hpp"

#include <nlohmann/json.hpp>

namespace squall::cli {

void job_options::set(std::string name, std::string_view text) {
  members.emplace_back(std::move(name), json_string(text));
}

void job_options::set(std::string name, std::int64_t number) {
  members.emplace_back(std::move(name), std::to_string(number));
}

std::string job_entry(const job_options& options, std::string_view params,
                      std::optional<std::uint64_t> line) {
  auto entry = R"({"kind":)" + json_string(options.kind);
  for (const auto& [name, value] : options.members)
    entry.append(",\"").append(name).append("\":").append(value);
  if (!options.key.empty()) {
    const auto key = options.key + (line ? "/" + std::to_string(*line) : "");
    entry.append(R"(,"idempotency_key":)").append(json_string(key));
  }
  return entry.append(R"(,"params":)").append(params).append("}");
}

std::string job_path(const std::string& id, std::string_view rest) {
  const auto known = proto::job_id_of(id);
  if (!known) throw misuse("ID: '" + id + "' is no job's id, as `squall job submit` prints it");
  return ("/v1/jobs/" + proto::to_text(*known)).append(rest);
}

http_question list_jobs(const job_query& query, std::size_t limit, const std::string& cursor) {
  auto target = "/v1/jobs?limit=" + std::to_string(limit);
  const auto add = [&target](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    target.append("&").append(name).append("=").append(percent_encoded(value));
  };
  add("queue", query.queue);
  add("kind", query.kind);
  for (const auto& state : query.states)
    add("state", state);
  add("cursor", cursor);
  return {"GET", std::move(target), {}, {}};
}

bool job_state::ended() const noexcept {
  return state == "done" || state == "dead" || state == "cancelled";
}

job_state read_job(std::string_view job) {
  const auto document = nlohmann::json::parse(job, nullptr, false);
  const auto& attempts = fields::list(document, "attempts");
  const auto progress = document.find("progress");
  return {fields::text(document, "id"),
          fields::text(document, "state"),
          fields::number(document, "attempt"),
          fields::number(document, "max_attempts"),
          attempts.empty() ? "" : fields::text(attempts.back(), "error"),
          progress == document.end() ? "" : progress->dump(-1, ' ', true)};
}

} // namespace squall::cli
