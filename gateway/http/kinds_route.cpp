#include "gateway/http/handlers.hpp"

#include <nlohmann/json.hpp>

namespace squall::gateway::http {
namespace {

using json = nlohmann::ordered_json;

/// Schemas come from workers as text: one that is no JSON is null.
json schema(const std::string& text) {
  auto parsed = json::parse(text, nullptr, false);
  return parsed.is_discarded() ? json() : parsed;
}

} // namespace

reply list_kinds(const context& shared, request&) {
  auto list = json::array();
  for (const auto& [info, slots, offered] : shared.calls.kinds().kinds) {
    if (!offered) continue; // nothing but its name is known
    list.push_back({{"name", info.name},
                    {"description", info.description},
                    {"slots", slots},
                    {"idempotent", info.idempotent},
                    {"safe", info.safe},
                    {"default_timeout_ms", info.default_timeout_ms},
                    {"params_schema", schema(info.params_schema)},
                    {"result_schema", schema(info.result_schema)}});
  }
  response answer;
  answer.content_type = application_json;
  answer.body =
      json{{"kinds", std::move(list)}}.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer;
}

} // namespace squall::gateway::http
