#include "deploy/supervisor/state.hpp"

#include "deploy/supervisor/plan_json.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace squall::supervisor {

namespace {

using nlohmann::json;

constexpr int version = 1; ///< of the text's form

} // namespace

std::string to_text(const state& now) {
  json text{{"version", version}, {"plan", now.wanted}, {"sockets", now.sockets}};
  auto& processes = text["processes"] = json::array();
  for (const auto& each : now.processes)
    processes.push_back({{"spec", each.spec},
                         {"pid", each.id.pid},
                         {"started", each.id.started},
                         {"draining", each.draining},
                         {"restarts", each.restarts},
                         {"watchdog_ms", each.watchdog.count()}});
  return text.dump(1) + "\n";
}

state parse_state(const std::string& text) {
  try {
    const auto document = json::parse(text);
    if (document.at("version") != version)
      throw std::runtime_error("it is of version " + document.at("version").dump() +
                               ", this program reads " + std::to_string(version));
    state now;
    document.at("plan").get_to(now.wanted);
    document.at("sockets").get_to(now.sockets);
    for (const auto& entry : document.at("processes")) {
      known_process each;
      entry.at("spec").get_to(each.spec);
      entry.at("pid").get_to(each.id.pid);
      entry.at("started").get_to(each.id.started);
      entry.at("draining").get_to(each.draining);
      entry.at("restarts").get_to(each.restarts);
      each.watchdog = std::chrono::milliseconds(entry.value("watchdog_ms", std::int64_t{0}));
      now.processes.push_back(std::move(each));
    }
    return now;
  } catch (const json::exception& error) {
    throw std::runtime_error(error.what());
  }
}

} // namespace squall::supervisor
