#pragma once

#include <string>
#include <string_view>

/// Text of systemd's units, as systemd.syntax(7) says.
namespace squall::render {

/// A value in which `%` means itself.
std::string plain_value(std::string_view text);

/// `NAME=TEXT` in quotes, for `Environment=`: everything in it means itself.
std::string quoted_assignment(std::string_view name, std::string_view text);

/// What is written of a unit, line by line.
class unit_text {
public:
  explicit unit_text(std::string_view comment);

  unit_text& section(std::string_view name);
  unit_text& set(std::string_view key, std::string_view value);

  const std::string& text() const noexcept { return text_; }

private:
  std::string text_;
};

} // namespace squall::render
