#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace squall::actors::postgres {

/// An array as PostgreSQL reads it
/// (https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO).
class array_text {
public:
  void add(std::integral auto number) {
    separate();
    text_ += std::to_string(static_cast<std::int64_t>(number));
  }
  /// As it can be stored.
  void add(std::string_view text);

  bool empty() const noexcept { return text_.size() == 1; }
  std::size_t bytes() const noexcept { return text_.size(); }
  std::string text() const { return text_ + "}"; }

private:
  void separate() {
    if (!empty()) text_ += ',';
  }

  std::string text_ = "{";
};

/// `text`, or where PostgreSQL cannot keep it as UTF-8 text, what comes nearest: a question mark
/// for a byte 0, U+FFFD for what is no UTF-8. Only handlers make such texts.
std::string storable(std::string_view text);

} // namespace squall::actors::postgres
