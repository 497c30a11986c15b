#include "deploy/manifest/fill_in.hpp"

#include <algorithm>

namespace squall::manifest {
namespace {

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// The value of what stands between `${` and `}`.
std::variant<filled, std::string> value_of(std::string_view inside, const variables& look_up) {
  const auto separator = inside.find(":-");
  const std::string name(inside.substr(0, separator));
  if (!is_variable_name(name))
    return "'${" + std::string(inside) +
           "}' names no variable; write ${NAME} or ${NAME:-DEFAULT}, and $${ for ${ itself";
  const auto value = look_up(name);
  if (separator != std::string_view::npos && (!value || value->empty()))
    return filled{std::string(inside.substr(separator + 2)), true};
  if (!value)
    return "the variable " + name + " is not set; set it, or write ${" + name + ":-DEFAULT}";
  return filled{*value, true};
}

} // namespace

std::variant<filled, std::string> fill_in(std::string_view text, const variables& look_up) {
  filled out;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out.text += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar);
    if (text.starts_with("$${")) {
      out.text += "${";
      text.remove_prefix(3);
    } else if (!text.starts_with("${")) {
      out.text += '$';
      text.remove_prefix(1);
    } else {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return "'${' without its '}'; write $${ for ${ itself";
      auto value = value_of(text.substr(2, end - 2), look_up);
      if (std::holds_alternative<std::string>(value)) return value;
      out.text += std::get<filled>(value).text;
      out.has_variable = true;
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

} // namespace squall::manifest
