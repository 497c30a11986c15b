#include "deploy/render/unit_text.hpp"

namespace squall::render {

std::string plain_value(std::string_view text) {
  std::string out;
  for (const char c : text)
    out.append(c == '%' ? 2 : 1, c);
  return out;
}

std::string quoted_assignment(std::string_view name, std::string_view text) {
  std::string out = "\"" + std::string(name) + "=";
  for (const char c : plain_value(text)) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

unit_text::unit_text(std::string_view comment) : text_("# " + std::string(comment) + "\n") {}

unit_text& unit_text::section(std::string_view name) {
  text_.append("\n[").append(name).append("]\n");
  return *this;
}

unit_text& unit_text::set(std::string_view key, std::string_view value) {
  text_.append(key).append("=").append(value).append("\n");
  return *this;
}

} // namespace squall::render
