#pragma once

#include "gateway/rpc/session.hpp"
#include "gateway/settings.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_gateway.hpp"
#include "tests/support/fake_port.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::tests {

using nlohmann::json;

/// One connection that knows the kinds `subtract`, `sum` and `prime`.
struct rpc_rig {
  fake_port port;
  fake_dispatcher calls;
  fake_queues queues;
  gateway::access::refusals refused{};
  gateway::access::guard guard;
  std::unique_ptr<gateway::rpc::session> session;

  /// `tokens` as in `settings`.
  explicit rpc_rig(const gateway::latest<gateway::access::token_table>* tokens = nullptr)
      : guard{tokens, refused} {
    for (const auto* name : {"subtract", "sum", "prime"}) {
      proto::kind_slots kind;
      kind.info.name = name;
      calls.known.kinds.push_back(kind);
    }
    session = std::make_unique<gateway::rpc::session>(
        port, calls, queues,
        [](const proto::router_status&) { return std::string(R"({"workers":[]})"); },
        gateway::settings{}.max_job_bytes, gateway::access::visitor{guard});
  }

  std::vector<std::string> ask(std::string_view message, bool is_text = true) {
    session->on_message(message, is_text);
    return port.take();
  }
  /// The one answer as JSON.
  json ask_json(std::string_view message) {
    const auto answers = ask(message);
    REQUIRE(answers.size() == 1);
    return json::parse(answers[0]);
  }
  /// Answers the oldest open call.
  void answer(std::string body, proto::errc code = proto::errc::none) {
    REQUIRE_FALSE(calls.open.empty());
    calls.answer(calls.open.begin()->first, std::move(body), code);
  }
  const gateway::call_request& oldest() { return calls.open.begin()->second.request; }
};

inline int code_of(const json& response) {
  return response.at("error").at("code").get<int>();
}

inline std::string message_of(const json& response) {
  return response.at("error").at("message").get<std::string>();
}

} // namespace squall::tests
