#pragma once

#include <cstddef>
#include <string_view>

namespace squall::proto {

/// Walks over a JSON text (RFC 8259) from front to back and says where its values stand. Our own,
/// because values must reach a kind byte for byte (an integer has any number of digits), and no
/// JSON library at hand tells where in the text a value was. Strict about everything but UTF-8.
/// Allocates nothing; a view, outlived by the text.
class json_cursor {
public:
  /// Deepest nesting inside one value.
  static constexpr unsigned max_depth = 64;

  explicit json_cursor(std::string_view text) noexcept
      : begin_{text.data()}, at_{begin_}, end_{begin_ + text.size()} {}

  /// The next character that is no space; 0 at the end.
  char peek() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
      ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  /// Passes `c` when it is next.
  bool eat(char c) noexcept {
    if (peek() != c || at_ == end_) return false;
    ++at_;
    return true;
  }
  /// Whether nothing but space is left.
  bool at_end() noexcept {
    peek();
    return at_ == end_;
  }
  /// Passes a string; `token` is its text with the quotes.
  bool string(std::string_view& token) noexcept;
  /// Passes any value; `token` is its text.
  bool value(std::string_view& token) noexcept;

  /// Passes an object. `visit(key, value)` gets both tokens of each member, and may return false to
  /// stop. True when the whole object was valid and seen.
  template <class Visit>
  bool members(Visit&& visit) {
    if (!eat('{')) return false;
    if (eat('}')) return true;
    do {
      std::string_view key;
      std::string_view item;
      if (!string(key) || !eat(':') || !value(item) || !visit(key, item)) return false;
    } while (eat(','));
    return eat('}');
  }
  /// Passes an array, as `members` does an object.
  template <class Visit>
  bool elements(Visit&& visit) {
    if (!eat('[')) return false;
    if (eat(']')) return true;
    do {
      std::string_view item;
      if (!value(item) || !visit(item)) return false;
    } while (eat(','));
    return eat(']');
  }

  /// Where it stands, or what it refused.
  std::size_t offset() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  /// Whether it refused a value for its depth alone.
  bool too_deep() const noexcept { return too_deep_; }

private:
  struct nesting;

  bool key() noexcept;
  bool scan_string() noexcept;
  bool scan_escape() noexcept;
  bool scan_number() noexcept;
  bool scan_digits() noexcept;
  bool scan_literal(std::string_view word) noexcept;
  bool scan_scalar() noexcept;
  bool open(nesting& where, bool& empty) noexcept;
  bool next(nesting& where, bool& done) noexcept;

  const char* begin_;
  const char* at_;
  const char* end_;
  bool too_deep_ = false;
};

} // namespace squall::proto
