#include "proto/call_traits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::proto {

namespace {

using nlohmann::json;

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_but_for_case(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool says_so(const params_condition& condition, const json& params) {
  if (!params.is_object()) return false;
  const auto member = params.find(condition.param);
  if (member == params.end()) return condition.when_absent;
  if (!member->is_string()) return false;
  const auto& values = condition.values;
  return std::any_of(values.begin(), values.end(), [&member](const std::string& value) {
    return equal_but_for_case(value, member->get_ref<const std::string&>());
  });
}

bool holds(const kind_info& kind, const params_condition& condition, std::string_view params) {
  if (condition.param.empty()) return false;
  const auto document = json::parse(params, nullptr, false);
  if (!document.is_object()) return false;
  const auto list = kind.spread_param.empty() ? document.end() : document.find(kind.spread_param);
  if (list == document.end()) return says_so(condition, document);
  return list->is_array() &&
         std::all_of(list->begin(), list->end(),
                     [&condition](const json& element) { return says_so(condition, element); });
}

} // namespace

bool is_repeatable(const kind_info& kind, std::string_view params) {
  return kind.idempotent || holds(kind, kind.repeatable_if, params);
}

bool is_safe(const kind_info& kind, std::string_view params) {
  return kind.safe || holds(kind, kind.safe_if, params);
}

} // namespace squall::proto
