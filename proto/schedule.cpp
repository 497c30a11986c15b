#include "proto/schedule.hpp"

#include "proto/json_cursor.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace squall::proto {
namespace {

using nlohmann::json;

constexpr std::uint64_t hundred_years_ms = 36'525ULL * 86'400'000;
/// One that was put is looked at for so long afterwards by those who read it just before.
constexpr std::uint64_t kept_ms = 10'000;
constexpr std::string_view settings_member = R"("schedule")";
constexpr std::string_view params_member = R"("params")";

/// All but the params, which stay as they were written.
json settings_of(const schedule& from) {
  const auto& options = from.job.job;
  return {{"name", from.name},
          {"cron", from.cron},
          {"time_zone", from.time_zone},
          {"every_ms", from.every_ms},
          {"queue", from.queue},
          {"kind", options.kind},
          {"priority", from.job.priority},
          {"max_attempts", options.max_attempts},
          {"timeout_ms", options.timeout_ms},
          {"ttl_ms", options.ttl_ms},
          {"result_ttl_ms", options.result_ttl_ms},
          {"catch_up", from.catch_up},
          {"paused", from.paused},
          {"due_ms", from.due_ms},
          {"last_ms", from.last_ms}};
}

schedule schedule_of(const json& settings) {
  schedule out;
  auto& options = out.job.job;
  settings.at("name").get_to(out.name);
  settings.at("cron").get_to(out.cron);
  settings.at("time_zone").get_to(out.time_zone);
  settings.at("every_ms").get_to(out.every_ms);
  settings.at("queue").get_to(out.queue);
  settings.at("kind").get_to(options.kind);
  settings.at("priority").get_to(out.job.priority);
  settings.at("max_attempts").get_to(options.max_attempts);
  settings.at("timeout_ms").get_to(options.timeout_ms);
  settings.at("ttl_ms").get_to(options.ttl_ms);
  settings.at("result_ttl_ms").get_to(options.result_ttl_ms);
  settings.at("catch_up").get_to(out.catch_up);
  settings.at("paused").get_to(out.paused);
  settings.at("due_ms").get_to(out.due_ms);
  settings.at("last_ms").get_to(out.last_ms);
  return out;
}

std::string settings_text(const schedule& from) {
  return settings_of(from).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string schedule_kind(std::string_view name) {
  return "squall.schedule/" + std::string(name);
}

std::variant<due_times, std::string> times_of(const schedule& of) {
  if (of.cron.empty()) return due_times::every(of.every_ms);
  return due_times::by_cron(of.cron, of.time_zone);
}

queue_request put_of(const schedule& what, std::uint64_t now_ms) {
  queue_request out;
  out.op = queue_op::put;
  out.queue = schedule_queue;
  out.create = true;
  auto& item = out.items.emplace_back();
  item.body.append("{").append(settings_member).append(":").append(settings_text(what));
  item.body.append(",").append(params_member).append(":").append(what.job.body).append("}");
  if (what.paused)
    item.delay_ms = hundred_years_ms;
  else if (what.due_ms > now_ms)
    item.delay_ms = what.due_ms - now_ms;
  item.job.kind = schedule_kind(what.name);
  item.job.unique_key = what.name;
  item.job.max_attempts = std::numeric_limits<std::uint32_t>::max();
  item.job.result_ttl_ms = kept_ms;
  return out;
}

std::optional<schedule> schedule_in(std::string_view body) {
  std::string_view settings;
  std::string_view params;
  json_cursor{body}.members([&](std::string_view key, std::string_view value) {
    if (key == settings_member) settings = value;
    if (key == params_member) params = value;
    return true;
  });
  try {
    auto out = schedule_of(json::parse(settings));
    out.job.body = params;
    if (params.empty() || out.cron.empty() == (out.every_ms == 0)) return std::nullopt;
    return out;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

} // namespace squall::proto
