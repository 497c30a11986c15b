#include "deploy/manifest/declared_values.hpp"
#include "deploy/manifest/keys.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

using namespace squall::manifest;
using nlohmann::json;

namespace {

using names = std::set<std::string>;

/// Keys of a part as the reader knows them, those that are needed apart.
struct part_keys {
  names all;
  names needed;
};

template <class Target>
part_keys keys_of(std::span<const key<Target>> table) {
  part_keys out;
  for (const auto& each : table) {
    out.all.emplace(each.name);
    if (each.needed) out.needed.emplace(each.name);
  }
  return out;
}

part_keys keys_of(std::span<const flag_key> table) {
  part_keys out;
  for (const auto& each : table)
    out.all.emplace(each.name);
  return out;
}

part_keys keys_of(std::span<const std::string_view> table, names needed) {
  needed.insert("name");
  part_keys out{{"name"}, std::move(needed)};
  out.all.insert(table.begin(), table.end());
  return out;
}

json schema() {
  std::ifstream stream("deploy/manifest.schema.json");
  return json::parse(stream);
}

part_keys keys_of_schema(const json& part) {
  part_keys out;
  CHECK(part.at("additionalProperties") == false);
  for (const auto& each : part.at("properties").items())
    out.all.insert(each.key());
  for (const auto& each : part.value("required", json::array()))
    out.needed.insert(each.get<std::string>());
  return out;
}

} // namespace

TEST_CASE("the published schema has exactly the keys that the reader takes") {
  const auto whole = schema();
  const std::map<std::string, part_keys> parts{
      {"logging", keys_of(logging_keys())}, {"cluster", keys_of(cluster_keys())},
      {"gateway", keys_of(gateway_keys())}, {"gateway_tls", keys_of(gateway_tls_keys())},
      {"limits", keys_of(limit_keys())},    {"fetch", keys_of(fetch_keys())},
      {"worker", keys_of(worker_keys())},   {"resources", keys_of(resource_keys())},
      {"queue", keys_of(queue_keys(), {})}, {"schedule", keys_of(schedule_keys(), {"kind"})},
  };
  for (const auto& [name, expected] : parts) {
    INFO(name);
    const auto found = keys_of_schema(whole.at("$defs").at(name));
    CHECK(found.all == expected.all);
    CHECK(found.needed == expected.needed);
  }
  const auto top = keys_of_schema(whole);
  CHECK(top.all == keys_of(top_keys()).all);
  CHECK(top.needed == keys_of(top_keys()).needed);
}

TEST_CASE("every part that the schema refers to is there") {
  const auto whole = schema();
  const std::string prefix = "#/$defs/";
  const auto flat = whole.flatten();
  for (const auto& each : flat.items())
    if (each.key().ends_with("/$ref")) {
      const auto target = each.value().get<std::string>();
      REQUIRE(target.starts_with(prefix));
      CHECK(whole.at("$defs").contains(target.substr(prefix.size())));
    }
}
