#include "gateway/rpc/call_params.hpp"

#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <charconv>

namespace squall::gateway::rpc {

namespace {

template <class Integer>
bool read_integer(std::string_view token, Integer least, Integer most, Integer& out) {
  const auto* const end = token.data() + token.size();
  const auto [rest, error] = std::from_chars(token.data(), end, out);
  return error == std::errc{} && rest == end && out >= least && out <= most;
}

class reader {
public:
  /// False, with `error` set, when the member is refused.
  bool take(std::string_view key, std::string_view value) {
    static_assert(longest_timeout_ms == 86'400'000, "a message names it");
    std::string decoded;
    const auto name = unquoted(key, decoded);
    if (name == "kind") return take_kind(value);
    if (name == "params") return take_params(value);
    if (name == "timeout_ms")
      return read_integer(value, std::uint32_t{1}, longest_timeout_ms, call.timeout_ms) ||
             refuse("timeout_ms: an integer from 1 to 86400000 is needed");
    if (name == "priority")
      return read_integer(value, std::uint8_t{0}, std::uint8_t{9}, call.priority) ||
             refuse("priority: an integer from 0 to 9 is needed");
    return refuse("unknown field " + shortened(name) +
                  ": \"kind\", \"params\", \"timeout_ms\" and \"priority\" are taken");
  }

  bool refuse(std::string why) {
    error = std::move(why);
    return false;
  }

  call_request call;
  std::string error;

private:
  bool take_kind(std::string_view value) {
    if (!value.starts_with('"')) return refuse("kind: a string is needed");
    std::string decoded;
    call.kind = unquoted(value, decoded);
    return true;
  }

  bool take_params(std::string_view value) {
    if (value != "null") call.params = value;
    return true;
  }
};

} // namespace

std::variant<call_request, std::string> read_call_params(std::string_view text) {
  reader reader;
  proto::json_cursor cursor{text};
  const auto valid = cursor.members(
      [&reader](std::string_view key, std::string_view value) { return reader.take(key, value); });
  if (!reader.error.empty()) return std::move(reader.error);
  if (!valid) return "params: an object with \"kind\" is needed";
  if (reader.call.kind.empty()) return "kind: the name of a kind is needed";
  if (reader.call.params.empty()) reader.call.params = "{}";
  return std::move(reader.call);
}

} // namespace squall::gateway::rpc
