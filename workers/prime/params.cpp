#include "workers/prime/params.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace squall::workers::prime {

namespace {

/// At most about 50 characters of what the client wrote, printable whatever it was.
std::string shortened(std::string_view text) {
  constexpr std::size_t most = 48;
  constexpr std::size_t kept = 40;
  std::string out(text.substr(0, text.size() > most ? kept : most));
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  if (text.size() > most) out += "... (" + std::to_string(text.size()) + " characters)";
  return out;
}

/// Reads one params text. On the first error `error_` is set and every function returns false.
class reader {
public:
  reader(std::string_view text, std::uint32_t first_index) noexcept
      : text_(text), first_index_(first_index) {}

  std::variant<request, std::string> read() {
    if (!read_object()) return std::move(error_);
    return std::move(request_);
  }

private:
  bool fail(std::string message) {
    error_ = std::move(message);
    return false;
  }

  bool malformed() { return fail("params: not valid JSON at byte " + std::to_string(at_)); }

  /// The next character that is no space, or 0 at the end.
  char peek() noexcept {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool eat(char c) noexcept {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  bool read_object() {
    if (!eat('{')) return fail("params: an object with \"n\" or \"numbers\" is needed");
    if (!eat('}')) {
      do {
        if (!read_field()) return false;
      } while (eat(','));
      if (!eat('}')) return malformed();
    }
    peek();
    if (at_ != text_.size()) return malformed();
    return given_ || fail("params: \"n\" or \"numbers\" is needed");
  }

  bool read_field() {
    std::string_view key;
    if (peek() != '"') return malformed();
    if (!read_string(key)) return false;
    if (key != "n" && key != "numbers")
      return fail("unknown field \"" + shortened(key) + R"(": "n" or "numbers" is taken)");
    if (given_) return fail("params: one \"n\" or one \"numbers\" is taken, not several fields");
    if (!eat(':')) return malformed();
    given_ = true;
    request_.list = key == "numbers";
    return request_.list ? read_numbers() : read_integer(request_.n);
  }

  bool read_numbers() {
    if (peek() != '[') return fail("numbers: an array of integers is needed");
    ++at_;
    if (eat(']')) return true;
    do {
      if (request_.numbers.size() == max_numbers)
        return fail("numbers: more than " + std::to_string(max_numbers) + " elements");
      decimal number;
      if (!read_integer(number)) return false;
      request_.numbers.push_back(number);
    } while (eat(','));
    return eat(']') || malformed();
  }

  bool read_integer(decimal& out) {
    const auto first = peek();
    const auto begin = at_;
    std::string_view digits;
    if (first == '"') {
      if (!read_string(digits)) return false;
    } else if (first == '-' || (first >= '0' && first <= '9')) {
      if (!read_number(digits)) return false;
    } else {
      return refuse_value(first);
    }
    const auto parsed = parse_decimal(digits);
    if (const auto* number = std::get_if<decimal>(&parsed)) {
      out = *number;
      return true;
    }
    return refuse(shortened(text_.substr(begin, at_ - begin)), std::get<refusal>(parsed));
  }

  /// A JSON number's raw text. Of its grammar only what an integer needs is checked; the rest is
  /// refused as fractional anyway.
  bool read_number(std::string_view& out) {
    const auto end = std::min(text_.find_first_not_of("0123456789+-.eE", at_), text_.size());
    out = text_.substr(at_, end - at_);
    const auto digits = out.substr(out.front() == '-' ? 1 : 0);
    const auto leading_zero =
        digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    if (digits.empty() || leading_zero) return malformed();
    at_ = end;
    return true;
  }

  bool read_string(std::string_view& out) {
    const auto begin = at_++;
    auto escaped = false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return malformed();
      if (text_[at_] != '\\') continue;
      escaped = true;
      ++at_;
    }
    if (at_ >= text_.size()) return malformed();
    ++at_;
    const auto token = text_.substr(begin, at_ - begin);
    out = token.substr(1, token.size() - 2);
    return !escaped || decode(token, out);
  }

  bool decode(std::string_view token, std::string_view& out) {
    const auto value = nlohmann::json::parse(token, nullptr, false);
    if (!value.is_string()) return malformed();
    out = request_.decoded.emplace_front(value.get<std::string>());
    return true;
  }

  bool refuse_value(char first) {
    if (first == '{') return refuse("an object", refusal::not_an_integer);
    if (first == '[') return refuse("an array", refusal::not_an_integer);
    for (const std::string_view literal : {"true", "false", "null"})
      if (text_.substr(at_).starts_with(literal))
        return refuse(std::string(literal), refusal::not_an_integer);
    return malformed();
  }

  bool refuse(std::string value, refusal why) {
    auto message = request_.list
                       ? "numbers[" + std::to_string(first_index_ + request_.numbers.size()) + "]: "
                       : std::string("n: ");
    return fail(message.append(value).append(" ").append(describe(why)));
  }

  std::string_view text_;
  std::uint32_t first_index_;
  std::size_t at_ = 0;
  bool given_ = false;
  request request_;
  std::string error_;
};

} // namespace

std::variant<request, std::string> parse_params(std::string_view text, std::uint32_t first_index) {
  return reader(text, first_index).read();
}

} // namespace squall::workers::prime
