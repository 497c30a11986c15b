#include "gateway/http/routes.hpp"

#include "gateway/http/handlers.hpp"
#include "gateway/http/origin.hpp"
#include "gateway/http/permission.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/syntax.hpp"
#include "gateway/page.hpp"

#include <array>
#include <utility>

namespace squall::gateway::http {
namespace {

constexpr method_set get = method_get | method_head;
constexpr method_set any = get | method_post | method_put | method_patch | method_delete;

// What each route needs of a token.
using access::area;
using access::need;
constexpr need open{};
constexpr need of_call{area::call};
constexpr need of_prime{area::call, "prime"};
constexpr need of_queues{area::queues};
constexpr need of_leases{area::leases};
constexpr need of_jobs{area::jobs_write};
constexpr need of_schedules{area::schedules};
constexpr need of_cluster{area::cluster};

constexpr std::array table{
    route{"/hello", get, open, hello},
    route{"/v1/call/{kind}", get | method_post, of_call, call_kind},
    route{"/v1/kinds", get, of_cluster, list_kinds},
    route{"/v1/cluster", get, of_cluster, show_cluster},
    route{"/v1/queues", get, of_queues, list_queues},
    route{"/v1/queues/{q}", get | method_put | method_delete, of_queues, serve_queue},
    route{"/v1/queues/{q}/pause", method_post, of_queues, pause_queue},
    route{"/v1/queues/{q}/resume", method_post, of_queues, resume_queue},
    route{"/v1/queues/{q}/items", method_post | method_delete, of_queues, serve_items},
    route{"/v1/queues/{q}/lease", method_post, of_queues, lease_items},
    route{"/v1/leases/{id}/ack", method_post, of_leases, ack_lease},
    route{"/v1/leases/{id}/nack", method_post, of_leases, nack_lease},
    route{"/v1/leases/{id}/extend", method_post, of_leases, extend_lease},
    route{"/v1/queues/{q}/join", method_post, of_queues, join_queue},
    route{"/v1/queues/{q}/dead", get | method_delete, of_queues, serve_dead},
    route{"/v1/queues/{q}/dead/put_back", method_post, of_queues, put_back_dead},
    route{"/v1/jobs", get | method_post, of_jobs, serve_jobs},
    route{"/v1/jobs/{id}", get | method_delete, of_jobs, serve_job},
    route{"/v1/jobs/{id}/events", get, of_jobs, follow_job},
    route{"/v1/schedules", get, of_schedules, list_schedules},
    route{"/v1/schedules/{name}", get | method_put | method_delete, of_schedules, serve_schedule},
    route{"/v1/schedules/{name}/pause", method_post, of_schedules, pause_schedule},
    route{"/v1/schedules/{name}/resume", method_post, of_schedules, resume_schedule},
    route{"/v1/ws", get, open, upgrade_required, endpoint::json_rpc},
    route{"/ws/prime", get, of_prime, upgrade_required, endpoint::prime},
    route{"/ws/echo", get, open, upgrade_required, endpoint::echo, true},
    route{"/echo", any, open, echo, std::nullopt, true},
    route{"/livez", get, open, show_alive},
    route{"/healthz", get, open, show_alive},
    route{"/readyz", get, open, show_ready},
    route{"/metrics", get, of_cluster, show_metrics},
    route{"/openapi.json", get, open, show_openapi},
};

constexpr route page_route{"/", get, open, page_file};

/// Whether the path is one of the pattern's; then `parameter` is what stands for its `{name}`.
bool matches(std::string_view pattern, std::string_view path, std::string_view& parameter) {
  const auto brace = pattern.find('{');
  if (brace == std::string_view::npos) return path == pattern;
  const auto before = pattern.substr(0, brace);
  const auto behind = pattern.substr(pattern.find('}') + 1);
  if (path.size() <= before.size() + behind.size()) return false;
  if (!path.starts_with(before) || !path.ends_with(behind)) return false;
  const auto between = path.substr(before.size(), path.size() - before.size() - behind.size());
  if (between.find('/') != std::string_view::npos) return false;
  parameter = between;
  return true;
}

const route* find(const context& shared, std::string_view path, std::string_view& parameter) {
  for (const auto& entry : table)
    if ((shared.limits.echo || !entry.for_tests) && matches(entry.pattern, path, parameter))
      return &entry;
  return page::find(path) ? &page_route : nullptr;
}

response options(const context& shared, const request& to, method_set methods) {
  response answer;
  answer.status = 204;
  const auto allowed = allow(methods);
  answer.headers.emplace_back("Allow", allowed);
  add_preflight(shared.limits, to, allowed, answer);
  return answer;
}

} // namespace

std::span<const route> routes() noexcept {
  return table;
}

std::variant<const route*, response> find_route(const context& shared, request& to) {
  if (!to.method_known) return make_problem(to, 501, "this method is not known here");
  if (to.path == "*") return options(shared, to, any);
  if (to.path.empty()) return make_problem(to, 501, "this server is no proxy: no CONNECT");
  std::string_view parameter;
  const auto* found = find(shared, to.path, parameter);
  if (!found) return make_problem(to, proto::errc::not_found, "there is nothing at this path");
  if (to.method == method_options) return options(shared, to, found->methods);
  if ((to.method & found->methods) == 0) {
    auto refused = make_problem(to, 405, "this path does not answer this method");
    refused.headers.emplace_back("Allow", allow(found->methods));
    return refused;
  }
  if (!parameter.empty()) {
    auto decoded = percent_decode(parameter, false);
    if (!decoded) return make_problem(to, 400, "the path has a malformed percent escape");
    to.parameter = std::move(*decoded);
  }
  if (auto refused = refuse_access(shared, to, *found)) return std::move(*refused);
  return found;
}

std::string allow(method_set methods) {
  constexpr std::pair<method, std::string_view> names[] = {
      {method_get, "GET"}, {method_head, "HEAD"},   {method_post, "POST"},
      {method_put, "PUT"}, {method_patch, "PATCH"}, {method_delete, "DELETE"}};
  std::string list;
  for (const auto& [bit, name] : names)
    if (methods & bit) (list += name) += ", ";
  return list += "OPTIONS";
}

} // namespace squall::gateway::http
