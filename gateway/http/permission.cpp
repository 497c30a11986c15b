#include "gateway/http/permission.hpp"

#include "gateway/http/problem.hpp"

namespace squall::gateway::http {
namespace {

/// What the request needs of what its route does.
access::need need_of(const request& to, const route& where) {
  const bool reads = (to.method & (method_get | method_head)) != 0;
  switch (where.needs.of) {
  case access::area::call:
  case access::area::queues:
    return {where.needs.of, where.needs.name.empty() ? to.parameter : where.needs.name};
  case access::area::jobs_write:
    return {reads ? access::area::jobs_read : access::area::jobs_write};
  default:
    return where.needs;
  }
}

std::string challenge(access::verdict why, const access::need& what) {
  std::string text = R"(Bearer realm="squall")";
  if (why == access::verdict::forbidden)
    text += R"(, error="insufficient_scope", scope=")" + access::scope_of(what) + '"';
  else if (why != access::verdict::missing)
    text += R"(, error="invalid_token")";
  return text;
}

response refuse(const request& to, access::verdict why, const access::need& what,
                const access::visitor& who) {
  const bool forbidden = why == access::verdict::forbidden;
  auto refused = make_problem(to, forbidden ? proto::errc::forbidden : proto::errc::unauthorized,
                              who.explain(why, what));
  refused.headers.emplace_back("WWW-Authenticate", challenge(why, what));
  return refused;
}

} // namespace

access::visitor visitor_of(const context& shared, const request& to) {
  if (shared.guard.is_open()) return access::visitor{shared.guard};
  auto secret = access::bearer_of(to.authorization);
  if (secret.empty() && to.websocket_upgrade)
    secret = access::read_protocols(to.websocket_protocols).token;
  return access::visitor{shared.guard, secret, to.peer};
}

std::optional<response> refuse_access(const context& shared, const request& to,
                                      const route& where) {
  if (shared.guard.is_open()) return std::nullopt;
  const auto what = need_of(to, where);
  // On JSON-RPC's connection a token can be shown later; one that is shown has to count.
  const bool may_show = where.websocket == endpoint::json_rpc && to.websocket_upgrade;
  if (what.of == access::area::none && !may_show) return std::nullopt;
  auto who = visitor_of(shared, to);
  if (may_show && !who.has_shown()) return std::nullopt;
  const auto verdict = may_show ? who.check() : who.judge(what);
  if (verdict == access::verdict::allowed) return std::nullopt;
  return refuse(to, verdict, what, who);
}

} // namespace squall::gateway::http
