#include "proto/json_cursor.hpp"

#include <cstdint>

namespace squall::proto {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

} // namespace

/// The containers around a place in a value: one bit each, innermost lowest, set for an object.
struct json_cursor::nesting {
  std::uint64_t objects = 0;
  unsigned depth = 0;

  bool in_object() const noexcept { return (objects & 1) != 0; }
};

bool json_cursor::scan_escape() noexcept {
  if (++at_ == end_) return false;
  if (*at_ != 'u') return std::string_view("\"\\/bfnrt").find(*at_++) != std::string_view::npos;
  ++at_;
  for (auto left = 4; left > 0; --left, ++at_)
    if (at_ == end_ || !is_hex(*at_)) return false;
  return true;
}

bool json_cursor::scan_string() noexcept {
  ++at_;
  while (at_ != end_) {
    const auto c = static_cast<unsigned char>(*at_);
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c < 0x20) return false;
    if (c != '\\')
      ++at_;
    else if (!scan_escape())
      return false;
  }
  return false;
}

bool json_cursor::scan_digits() noexcept {
  const auto* const first = at_;
  while (at_ != end_ && is_digit(*at_))
    ++at_;
  return at_ != first;
}

bool json_cursor::scan_number() noexcept {
  if (*at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0')
    ++at_;
  else if (!scan_digits())
    return false;
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!scan_digits()) return false;
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!scan_digits()) return false;
  }
  return true;
}

bool json_cursor::scan_literal(std::string_view word) noexcept {
  if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool json_cursor::scan_scalar() noexcept {
  switch (peek()) {
  case '"':
    return scan_string();
  case 't':
    return scan_literal("true");
  case 'f':
    return scan_literal("false");
  case 'n':
    return scan_literal("null");
  default:
    return at_ != end_ && (*at_ == '-' || is_digit(*at_)) && scan_number();
  }
}

bool json_cursor::key() noexcept {
  return peek() == '"' && scan_string() && eat(':');
}

/// Goes into a container, past its first key if it is an object with members.
bool json_cursor::open(nesting& where, bool& empty) noexcept {
  if (where.depth == max_depth) {
    too_deep_ = true;
    return false;
  }
  const auto object = *at_++ == '{';
  where.objects = where.objects << 1 | (object ? 1U : 0U);
  ++where.depth;
  empty = peek() == (object ? '}' : ']');
  return empty || !object || key();
}

/// Behind a value: leaves the containers that end here, and goes to the next value, unless there is
/// none.
bool json_cursor::next(nesting& where, bool& done) noexcept {
  while (where.depth > 0) {
    if (peek() == ',') {
      ++at_;
      return !where.in_object() || key();
    }
    if (!eat(where.in_object() ? '}' : ']')) return false;
    where.objects >>= 1;
    --where.depth;
  }
  done = true;
  return true;
}

bool json_cursor::string(std::string_view& token) noexcept {
  if (peek() != '"') return false;
  const auto* const first = at_;
  if (!scan_string()) return false;
  token = {first, static_cast<std::size_t>(at_ - first)};
  return true;
}

bool json_cursor::value(std::string_view& token) noexcept {
  nesting where;
  auto done = false;
  auto c = peek();
  const auto* const first = at_;
  while (!done) {
    if (c == '{' || c == '[') {
      auto empty = false;
      if (!open(where, empty) || (empty && !next(where, done))) return false;
    } else if (!scan_scalar() || !next(where, done)) {
      return false;
    }
    if (!done) c = peek();
  }
  token = {first, static_cast<std::size_t>(at_ - first)};
  return true;
}

} // namespace squall::proto
