#include "deploy/supervisor/plan_json.hpp"

#include <nlohmann/json.hpp>

namespace squall::supervisor {

namespace {

using nlohmann::json;

role role_of(const json& from) {
  return from.at("role").get<std::string>() == "gateway" ? role::gateway : role::worker;
}

json json_of(const std::optional<manifest::scaling>& of) {
  if (!of) return nullptr;
  return {{"min", of->min},
          {"max", of->max},
          {"target_waiting_ms", of->target_waiting.count()},
          {"down_after_ms", of->down_after.count()}};
}

manifest::scaling scaling_of(const json& from) {
  return {from.at("min").get<std::uint32_t>(), from.at("max").get<std::uint32_t>(),
          std::chrono::milliseconds(from.at("target_waiting_ms").get<std::int64_t>()),
          std::chrono::milliseconds(from.at("down_after_ms").get<std::int64_t>())};
}

} // namespace

void to_json(json& to, const process_spec& from) {
  to = {{"name", from.name},
        {"group", from.group},
        {"role", to_string(from.part)},
        {"listen", from.listen},
        {"overlaps", from.overlaps},
        {"flags", from.flags},
        {"environment", from.environment},
        {"contents", from.contents},
        {"drain_timeout_ms", from.drain_timeout.count()}};
}

void from_json(const json& from, process_spec& to) {
  from.at("name").get_to(to.name);
  from.at("group").get_to(to.group);
  to.part = role_of(from);
  from.at("listen").get_to(to.listen);
  from.at("overlaps").get_to(to.overlaps);
  from.at("flags").get_to(to.flags);
  from.at("environment").get_to(to.environment);
  to.contents = from.value("contents", content_sums());
  to.drain_timeout = std::chrono::milliseconds(from.at("drain_timeout_ms").get<std::int64_t>());
}

void to_json(json& to, const group& from) {
  to = {{"name", from.name},
        {"role", to_string(from.part)},
        {"replicas", from.replicas},
        {"scale", json_of(from.scale)},
        {"listen", from.listen},
        {"cluster", from.cluster},
        {"join", from.join},
        {"flags", from.flags},
        {"environment", from.environment},
        {"contents", from.contents},
        {"drain_timeout_ms", from.drain_timeout.count()}};
}

void from_json(const json& from, group& to) {
  from.at("name").get_to(to.name);
  to.part = role_of(from);
  from.at("replicas").get_to(to.replicas);
  if (const auto& scale = from.at("scale"); !scale.is_null()) to.scale = scaling_of(scale);
  from.at("listen").get_to(to.listen);
  from.at("cluster").get_to(to.cluster);
  from.at("join").get_to(to.join);
  from.at("flags").get_to(to.flags);
  from.at("environment").get_to(to.environment);
  to.contents = from.value("contents", content_sums());
  to.drain_timeout = std::chrono::milliseconds(from.at("drain_timeout_ms").get<std::int64_t>());
}

void to_json(json& to, const plan& from) {
  to = {{"name", from.name},
        {"groups", from.groups},
        {"declared", from.declared},
        {"max_log_bytes", from.max_log_bytes}};
}

void from_json(const json& from, plan& to) {
  from.at("name").get_to(to.name);
  from.at("groups").get_to(to.groups);
  from.at("declared").get_to(to.declared);
  to.max_log_bytes = from.value("max_log_bytes", std::uint64_t{0});
}

} // namespace squall::supervisor
