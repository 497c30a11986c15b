#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

/// Members of JSON that a gateway of any version wrote, for `nlohmann::json` and for
/// `ordered_json`. One that is missing, or of another type, is empty; so are all of what is no
/// object.
namespace squall::cli::fields {

template <class Json>
const Json& list(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

template <class Json>
std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->template get<std::string>() : "";
}

/// Never below 0.
template <class Json>
double real(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return 0;
  return std::max(0.0, found->template get<double>());
}

template <class Json>
std::uint64_t number(const Json& object, const char* key) {
  return static_cast<std::uint64_t>(real(object, key));
}

template <class Json>
bool flag(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->template get<bool>();
}

} // namespace squall::cli::fields
