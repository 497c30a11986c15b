#include "gateway/http/handlers.hpp"

#include "gateway/http/call_params.hpp"
#include "gateway/http/json_body.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/http/syntax.hpp"
#include "proto/call_traits.hpp"

#include <optional>
#include <string>
#include <utility>

namespace squall::gateway::http {
namespace {

/// Takes the options that travel in headers; the answer when one is bad.
std::optional<response> take_options(const request& to, call_request& call) {
  static_assert(longest_timeout_ms == 86'400'000, "a message names it");
  if (!to.timeout_ms.empty()) {
    const auto timeout = parse_number(to.timeout_ms, longest_timeout_ms);
    if (!timeout || *timeout == 0)
      return make_problem(to, proto::errc::invalid_request,
                          "X-Timeout-Ms: an integer from 1 to 86400000 is needed");
    call.timeout_ms = static_cast<std::uint32_t>(*timeout);
  }
  if (!to.priority.empty()) {
    const auto priority = parse_number(to.priority, 9);
    if (!priority)
      return make_problem(to, proto::errc::invalid_request,
                          "X-Priority: an integer from 0 to 9 is needed");
    call.priority = static_cast<std::uint8_t>(*priority);
  }
  return std::nullopt;
}

/// The same for what the kind gets.
std::optional<response> take_params(const proto::kind_info& kind, request& to, call_request& call) {
  if (to.method == method_post) {
    auto refused = refuse_json(to);
    if (!refused) call.params = to.body.empty() ? "{}" : std::move(to.body);
    return refused;
  }
  auto params = params_of_query(to.query);
  if (!params)
    return make_problem(to, 400, "the query string has a malformed escape or is not UTF-8");
  if (!proto::is_safe(kind, *params)) {
    auto refused = make_problem(to, 405, "this call has effects: make it with POST");
    refused.headers.emplace_back("Allow", allow(method_post));
    return refused;
  }
  call.params = std::move(*params);
  return std::nullopt;
}

} // namespace

reply call_kind(const context& shared, request& to) {
  if (shared.calls.draining())
    return make_problem(to, proto::errc::unavailable, "the gateway drains");
  const auto* kind = shared.calls.find_kind(to.parameter);
  if (!kind)
    return make_problem(to, proto::errc::unknown_kind, "there is no kind \"" + to.parameter + '"');
  if (to.method != method_post && !kind->offered)
    return make_problem(to, proto::errc::unavailable,
                        "no worker has offered the kind \"" + to.parameter +
                            "\" yet; until then it is not known whether GET may call it");
  call_request call;
  call.kind = to.parameter;
  if (auto refused = take_options(to, call)) return std::move(*refused);
  if (auto refused = take_params(kind->info, to, call)) return std::move(*refused);
  return call;
}

} // namespace squall::gateway::http
