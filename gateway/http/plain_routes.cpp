#include "gateway/http/handlers.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/syntax.hpp"

#include <utility>

namespace squall::gateway::http {

reply hello(const context&, request& to) {
  response answer;
  answer.content_type = text_plain;
  answer.static_body = "Hello, world";
  for (auto query = to.query; !query.empty();) {
    const auto [key, value] = next_parameter(query);
    if (key != "name" || value.empty()) continue;
    const auto name = percent_decode(value, true);
    if (!name) return make_problem(to, 400, "name has a malformed percent escape");
    answer.static_body = {};
    answer.body = "Hello, " + *name;
  }
  return answer;
}

/// Gives a large body that came in chunks back in chunks.
reply echo(const context&, request& to) {
  constexpr std::size_t one_piece = 64 * 1024;
  response answer;
  answer.content_type = text_plain;
  answer.body = std::move(to.body);
  answer.chunked = to.chunked && answer.body.size() > one_piece;
  return answer;
}

reply upgrade_required(const context&, request& to) {
  auto answer = make_problem(to, 426, "this path speaks WebSocket");
  answer.headers.emplace_back("Upgrade", "websocket");
  return answer;
}

} // namespace squall::gateway::http
