#include "gateway/http/origin.hpp"

#include "gateway/http/syntax.hpp"

#include <algorithm>

namespace squall::gateway::http {
namespace {

bool allows_all(const settings& limits) {
  return std::ranges::find(limits.origins, "*") != limits.origins.end();
}

} // namespace

bool is_listed_origin(const settings& limits, std::string_view origin) {
  return std::ranges::any_of(limits.origins, [origin](const std::string& listed) {
    return listed == "*" || same_text(listed, origin);
  });
}

bool may_open_websocket(const settings& limits, std::string_view origin, std::string_view host) {
  if (origin.empty() || is_listed_origin(limits, origin)) return true;
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && same_text(origin.substr(scheme + 3), host);
}

void add_cors(const settings& limits, const request& to, response& answer) {
  if (limits.origins.empty()) return;
  const bool all = allows_all(limits);
  if (!all) answer.headers.emplace_back("Vary", "Origin");
  if (to.origin.empty() || !is_listed_origin(limits, to.origin)) return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", all ? "*" : to.origin);
  answer.headers.emplace_back("Access-Control-Expose-Headers",
                              "X-Request-Id, Retry-After, Location, Preference-Applied, "
                              "WWW-Authenticate");
}

void add_preflight(const settings& limits, const request& to, std::string_view methods,
                   response& answer) {
  if (to.preflight_method.empty() || !is_listed_origin(limits, to.origin)) return;
  answer.headers.emplace_back("Access-Control-Allow-Methods", methods);
  answer.headers.emplace_back(
      "Access-Control-Allow-Headers",
      "Authorization, Content-Type, X-Request-Id, X-Timeout-Ms, X-Priority, "
      "Idempotency-Key, Prefer, Last-Event-ID");
  answer.headers.emplace_back("Access-Control-Max-Age", "600");
}

} // namespace squall::gateway::http
