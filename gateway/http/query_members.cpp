#include "gateway/http/query_members.hpp"

#include "gateway/http/syntax.hpp"

namespace squall::gateway::http {

complaint
read_query(std::string_view query,
           const std::function<complaint(std::string_view name, std::string_view value)>& take) {
  while (!query.empty()) {
    const auto [raw_name, raw_value] = next_parameter(query);
    if (raw_name.empty() && raw_value.empty()) continue;
    const auto name = percent_decode(raw_name, true);
    const auto value = percent_decode(raw_value, true);
    if (!name || !value) return "the query string has a malformed percent escape";
    if (auto wrong = take(*name, *value)) return wrong;
  }
  return std::nullopt;
}

} // namespace squall::gateway::http
