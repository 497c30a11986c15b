#include "actors/repeatable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::actors {

namespace {

using nlohmann::json;

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_but_for_case(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool says_so(const proto::kind_info& kind, const json& params) {
  if (!params.is_object()) return false;
  const auto member = params.find(kind.repeatable_param);
  if (member == params.end()) return kind.repeatable_when_absent;
  if (!member->is_string()) return false;
  const auto& values = kind.repeatable_values;
  return std::any_of(values.begin(), values.end(), [&member](const std::string& value) {
    return equal_but_for_case(value, member->get_ref<const std::string&>());
  });
}

} // namespace

bool is_repeatable(const proto::kind_info& kind, std::string_view params) {
  if (kind.idempotent) return true;
  if (kind.repeatable_param.empty()) return false;
  const auto document = json::parse(params, nullptr, false);
  if (!document.is_object()) return false;
  const auto list = kind.spread_param.empty() ? document.end() : document.find(kind.spread_param);
  if (list == document.end()) return says_so(kind, document);
  return list->is_array() && std::all_of(list->begin(), list->end(), [&kind](const json& element) {
           return says_so(kind, element);
         });
}

} // namespace squall::actors
