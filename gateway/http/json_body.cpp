#include "gateway/http/json_body.hpp"

#include "gateway/http/problem.hpp"
#include "gateway/http/syntax.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <string>

namespace squall::gateway::http {

std::optional<response> refuse_json(const request& to) {
  const auto type = trim(to.content_type.substr(0, to.content_type.find(';')));
  if (!type.empty() && !same_text(type, application_json))
    return make_problem(to, 415, "params are sent as application/json");
  proto::json_cursor cursor{to.body};
  std::string_view all;
  if (to.body.empty() || (cursor.value(all) && cursor.at_end())) return std::nullopt;
  return make_problem(to, proto::errc::parse_error,
                      "the body is not JSON at byte " + std::to_string(cursor.offset()));
}

std::optional<response> refuse_text(const request& to) {
  auto refused = refuse_json(to);
  if (!refused && !rpc::is_utf8(to.body))
    refused = make_problem(to, proto::errc::parse_error, "the body is not UTF-8");
  return refused;
}

} // namespace squall::gateway::http
