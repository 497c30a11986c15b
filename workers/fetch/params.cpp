#include "workers/fetch/params.hpp"

#include "workers/fetch/request_reader.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace squall::workers::fetch {
namespace {

using nlohmann::json;

/// Deeper params are refused: writing a document out again, as `json` asks for, takes the stack.
constexpr int deepest = 200;

json parse(std::string_view text) {
  auto refuse_deep = [](int depth, json::parse_event_t, json&) {
    if (depth > deepest) throw refusal{"the params are nested too deeply"};
    return true;
  };
  return json::parse(text, refuse_deep, false);
}

order read_list(json& params, std::uint32_t first_index) {
  auto& elements = params["requests"];
  if (params.size() != 1) throw refusal{"requests: stands alone, without other members"};
  if (!elements.is_array() || elements.empty() || elements.size() > most_requests)
    throw refusal{"requests: an array of 1 to " + std::to_string(most_requests) +
                  " requests is needed"};
  order made{true, {}};
  made.requests.reserve(elements.size());
  for (auto& element : elements) {
    const auto place = "requests[" + std::to_string(first_index + made.requests.size()) + "]";
    made.requests.push_back(read_request(element, place));
  }
  return made;
}

} // namespace

std::variant<order, std::string> parse_params(std::string_view text, std::uint32_t first_index) {
  try {
    auto params = parse(text);
    if (params.is_object() && params.contains("requests")) return read_list(params, first_index);
    order made;
    made.requests.push_back(read_request(params, {}));
    return made;
  } catch (const refusal& why) {
    return std::string{why.what()};
  }
}

} // namespace squall::workers::fetch
