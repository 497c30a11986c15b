#include "gateway/rpc/message.hpp"

#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <string>

namespace squall::gateway::rpc {

namespace {

constexpr std::string_view not_an_object = "a request is an object";

bool is_version_2(std::string_view token) {
  if (token == "\"2.0\"") return true;
  std::string decoded;
  return token.starts_with('"') && unquoted(token, decoded) == "2.0";
}

std::string_view fault_of(const request& entry, std::string_view version) {
  if (!is_version_2(version)) return "\"jsonrpc\" must be \"2.0\"";
  if (!entry.method.starts_with('"')) return "\"method\" must be a string";
  if (!entry.id.empty() && std::string_view("{[tf").find(entry.id[0]) != std::string_view::npos)
    return "\"id\" must be a string, a number or null";
  if (!entry.params.empty() && entry.params[0] != '{' && entry.params[0] != '[')
    return "\"params\" must be an object or an array";
  return {};
}

bool read_request(proto::json_cursor& cursor, request& out) {
  std::string_view version;
  const auto valid = cursor.members([&](std::string_view key, std::string_view value) {
    std::string decoded;
    const auto name = unquoted(key, decoded);
    if (name == "id")
      out.id = value;
    else if (name == "method")
      out.method = value;
    else if (name == "params")
      out.params = value;
    else if (name == "jsonrpc")
      version = value;
    return true;
  });
  if (out.params == "null") out.params = {};
  if (valid) out.fault = fault_of(out, version);
  return valid;
}

bool read_entry(proto::json_cursor& cursor, request& out) {
  if (cursor.peek() == '{') return read_request(cursor, out);
  out.fault = not_an_object;
  std::string_view other;
  return cursor.value(other);
}

bool read_batch(proto::json_cursor& cursor, message& out) {
  out.is_batch = true;
  cursor.eat('[');
  if (cursor.eat(']')) {
    out.fault = "a batch has at least one request";
    return true;
  }
  do {
    if (out.batch.size() == max_batch) {
      out.fault = "a batch has at most 1000 requests";
      out.batch.clear();
    }
    if (!read_entry(cursor, out.batch.emplace_back())) return false;
  } while (cursor.eat(','));
  return cursor.eat(']');
}

} // namespace

message read_message(std::string_view text) {
  static_assert(max_batch == 1'000, "a message names it");
  message out;
  proto::json_cursor cursor{text};
  const auto valid =
      cursor.peek() == '[' ? read_batch(cursor, out) : read_entry(cursor, out.single);
  if (cursor.too_deep())
    out.parse_error = "nested too deep";
  else if (!valid || !cursor.at_end())
    out.parse_error = "not JSON";
  if (!out.parse_error.empty()) out.parse_error += " at byte " + std::to_string(cursor.offset());
  return out;
}

} // namespace squall::gateway::rpc
