#include "deploy/supervisor/load_report.hpp"

#include <nlohmann/json.hpp>

namespace squall::supervisor {

namespace {

using nlohmann::json;

json to_json(const kind_load& of) {
  json groups = json::object();
  for (const auto& [name, offer] : of.groups)
    groups[name] = {offer.workers, offer.slots};
  return {{"kind", of.kind},
          {"slots", of.slots},
          {"in_flight", of.in_flight},
          {"waiting", of.waiting},
          {"ended", of.ended},
          {"run_seconds", of.run_seconds},
          {"groups", std::move(groups)}};
}

json to_json(const queue_load& of) {
  return {{"name", of.name},
          {"ready", of.ready},
          {"leased", of.leased},
          {"ended", of.ended},
          {"runs_jobs", of.runs_jobs}};
}

kind_load kind_of(const json& from) {
  kind_load to;
  from.at("kind").get_to(to.kind);
  from.at("slots").get_to(to.slots);
  from.at("in_flight").get_to(to.in_flight);
  from.at("waiting").get_to(to.waiting);
  from.at("ended").get_to(to.ended);
  from.at("run_seconds").get_to(to.run_seconds);
  for (const auto& [name, offer] : from.at("groups").items())
    to.groups[name] = {offer.at(0).get<std::uint32_t>(), offer.at(1).get<std::uint32_t>()};
  return to;
}

queue_load queue_of(const json& from) {
  queue_load to;
  from.at("name").get_to(to.name);
  from.at("ready").get_to(to.ready);
  from.at("leased").get_to(to.leased);
  from.at("ended").get_to(to.ended);
  from.at("runs_jobs").get_to(to.runs_jobs);
  return to;
}

} // namespace

std::string_view group_of(std::string_view worker) {
  const auto name = worker.substr(0, worker.find_last_not_of("0123456789") + 1);
  if (name.size() == worker.size() || !name.ends_with('-')) return worker;
  return name.substr(0, name.size() - 1);
}

std::string to_text(const load_report& report) {
  json text{{"kinds", json::array()}, {"queues", json::array()}};
  for (const auto& each : report.kinds)
    text["kinds"].push_back(to_json(each));
  for (const auto& each : report.queues)
    text["queues"].push_back(to_json(each));
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<load_report> parse_load_report(std::string_view text) {
  try {
    const auto document = json::parse(text);
    load_report report;
    for (const auto& each : document.at("kinds"))
      report.kinds.push_back(kind_of(each));
    for (const auto& each : document.at("queues"))
      report.queues.push_back(queue_of(each));
    return report;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

} // namespace squall::supervisor
