#include "gateway/http/handshake.hpp"

#include "gateway/http/origin.hpp"
#include "gateway/http/problem.hpp"

#include <algorithm>

namespace squall::gateway::http {
namespace {

/// 16 bytes in base64: 22 digits and two `=` (RFC 6455, 4.1).
bool is_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, 22), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '+' || c == '/';
         });
}

} // namespace

std::optional<response> refuse_upgrade(const context& shared, const request& to,
                                       const route& where) {
  if (!where.websocket)
    return make_problem(to, proto::errc::not_found, "this path does not speak WebSocket");
  if (shared.calls.draining())
    return make_problem(to, proto::errc::unavailable, "the gateway drains");
  if (to.websocket_version != "13") {
    auto refused = make_problem(to, 426, "the WebSocket version spoken here is 13");
    refused.headers.emplace_back("Upgrade", "websocket");
    refused.headers.emplace_back("Sec-WebSocket-Version", "13");
    return refused;
  }
  if (!is_key(to.websocket_key))
    return make_problem(to, 400, "Sec-WebSocket-Key is not 16 bytes in base64");
  if (!may_open_websocket(shared.limits, to.origin, to.host))
    return make_problem(to, proto::errc::forbidden, "pages of this origin may not connect");
  return std::nullopt;
}

} // namespace squall::gateway::http
