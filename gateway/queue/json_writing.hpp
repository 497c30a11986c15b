#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Appends members of a JSON object to its text, each behind a comma when it is not the first.
namespace squall::gateway {

/// `"name":`
inline std::string& append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  return out.append("\"").append(name).append("\":");
}

inline void append_number(std::string& out, std::string_view name, std::uint64_t value) {
  append_name(out, name) += std::to_string(value);
}

/// `"name":[...]`, each entry written by `append`.
template <class Entries, class Append>
void append_list(std::string& out, std::string_view name, const Entries& entries, Append append) {
  append_name(out, name) += '[';
  for (const auto& entry : entries) {
    if (out.back() != '[') out += ',';
    append(out, entry);
  }
  out += ']';
}

} // namespace squall::gateway
