#include "gateway/http/handlers.hpp"
#include "gateway/http/problem.hpp"

namespace squall::gateway::http {
namespace {

reply ok() {
  response answer;
  answer.content_type = text_plain;
  answer.static_body = "ok";
  return answer;
}

} // namespace

reply show_alive(const context&, request&) {
  return ok();
}

reply show_ready(const context& shared, request& to) {
  if (shared.counts.leaving || shared.calls.draining())
    return make_problem(to, proto::errc::unavailable, "the gateway drains");
  if (shared.counts.store)
    if (const auto store = shared.counts.store(); !store.trouble.empty())
      // Anybody may ask; what a store says may name its host. The log has it in any case.
      return make_problem(to, proto::errc::unavailable,
                          "the store of the queues fails" +
                              (shared.guard.is_open() ? ": " + store.trouble : std::string{}));
  if (shared.counts.undeclared)
    return make_problem(to, proto::errc::unavailable,
                        "declared queues or schedules are not there yet");
  std::string missing;
  for (const auto& name : shared.limits.required) {
    const auto* kind = shared.calls.find_kind(name);
    if (kind && kind->slots > 0) continue;
    (missing += missing.empty() ? "no worker has a slot for: " : ", ") += name;
  }
  if (!missing.empty()) return make_problem(to, proto::errc::unavailable, missing);
  return ok();
}

} // namespace squall::gateway::http
