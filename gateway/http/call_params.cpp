#include "gateway/http/call_params.hpp"

#include "gateway/http/syntax.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace squall::gateway::http {

std::optional<std::string> params_of_query(std::string_view query) {
  // Sorted by name: ordered_json would look every name up from the front.
  auto params = nlohmann::json::object();
  while (!query.empty()) {
    const auto [raw_name, raw_value] = next_parameter(query);
    if (raw_name.empty() && raw_value.empty()) continue;
    auto name = percent_decode(raw_name, true);
    auto value = percent_decode(raw_value, true);
    if (!name || !value) return std::nullopt;
    auto [member, is_new] = params.emplace(std::move(*name), *value);
    if (is_new) continue;
    if (!member->is_array()) *member = {std::move(*member)};
    member->push_back(std::move(*value));
  }
  try {
    return params.dump();
  } catch (const nlohmann::json::type_error&) { // not UTF-8
    return std::nullopt;
  }
}

} // namespace squall::gateway::http
