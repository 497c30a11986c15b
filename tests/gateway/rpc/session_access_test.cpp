#include "gateway/latest.hpp"
#include "tests/gateway/rpc/watch_scene.hpp"
#include "tests/support/rpc_rig.hpp"

using namespace squall;
using namespace squall::tests;
using gateway::access::token_table;

namespace {

/// Tokens whose text is their one scope.
gateway::latest<token_table> tokens_of(std::initializer_list<const char*> scopes) {
  std::vector<gateway::access::token> all;
  for (const auto* scope : scopes) {
    auto& each = all.emplace_back();
    each.name = "t" + std::to_string(all.size());
    each.secret = gateway::access::digest_of(scope);
    REQUIRE_FALSE(each.may.add(scope));
  }
  return gateway::latest<token_table>{std::make_shared<const token_table>(std::move(all))};
}

std::string request(const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
}

/// Of those tokens one is revoked.
void revoke(gateway::latest<token_table>& tokens, std::string_view scope) {
  auto left = tokens.get()->all();
  std::erase_if(left,
                [&](const auto& each) { return each.secret == gateway::access::digest_of(scope); });
  tokens.put(std::make_shared<const token_table>(std::move(left)));
}

constexpr const char* earlier_is_gone =
    "something is open under an earlier token: this token is not known here";

std::string shows(const std::string& secret) {
  return request("authenticate", R"({"token":")" + secret + R"("})");
}

} // namespace

TEST_CASE("without a token nothing but authenticate and ping is answered") {
  auto tokens = tokens_of({"admin"});
  rpc_rig r{&tokens};
  for (const auto* method :
       {"prime", "no_such_kind", "status", "queue.list", "jobs.list", "schedules.list"}) {
    CAPTURE(method);
    const auto answer = r.ask_json(request(method));
    CHECK(code_of(answer) == -32005);
    CHECK(message_of(answer) == "a token is needed: call authenticate first");
  }
  CHECK(code_of(r.ask_json(request("call", R"({"kind":"prime","params":{}})"))) == -32005);
  CHECK(r.ask_json(request("ping")).at("result") == "pong");
  CHECK(r.calls.open.empty());
  CHECK(r.queues.open.empty());
}

TEST_CASE("what a stranger asks for is not looked at") {
  auto tokens = tokens_of({"admin"});
  rpc_rig r{&tokens};
  CHECK_FALSE(r.session->is_known());
  CHECK(code_of(r.ask_json(request("call", "[]"))) == -32005);
  CHECK(code_of(r.ask_json(request("queue.put", "[]"))) == -32005);
  CHECK(r.refused[1] == 2);
  r.ask_json(shows("admin"));
  CHECK(r.session->is_known());
  CHECK(code_of(r.ask_json(request("queue.put", "[]"))) == -32602);
  CHECK(rpc_rig{}.session->is_known());
}

TEST_CASE("a token is shown with authenticate, and allows what its scopes say") {
  auto tokens = tokens_of({"call:prime", "queues:q", "jobs:read"});
  rpc_rig r{&tokens};
  CHECK(code_of(r.ask_json(shows("wrong"))) == -32005);
  CHECK(code_of(r.ask_json(request("authenticate"))) == -32602);
  CHECK(r.ask_json(shows("call:prime")).at("result") ==
        json{{"name", "t1"}, {"scopes", {"call:prime"}}});
  CHECK(r.ask(request("prime")).empty());
  CHECK(r.ask(request("call", R"({"kind":"prime","params":{}})")).empty());
  CHECK(r.calls.open.size() == 2);
  const auto refused = r.ask_json(request("sum"));
  CHECK(code_of(refused) == -32006);
  CHECK(message_of(refused) == "this needs the scope call:sum; the token t1 has call:prime");
  CHECK(code_of(r.ask_json(request("call", R"({"kind":"sum","params":{}})"))) == -32006);

  r.ask_json(shows("queues:q"));
  CHECK(r.ask(request("queue.stats", R"({"queue":"q"})")).empty());
  CHECK(r.ask(request("queue.ack", R"({"lease":"l"})")).empty());
  CHECK(code_of(r.ask_json(request("queue.stats", R"({"queue":"r"})"))) == -32006);
  CHECK(code_of(r.ask_json(request("queue.list"))) == -32006);

  r.ask_json(shows("jobs:read"));
  CHECK(r.ask(request("jobs.list")).empty());
  CHECK(code_of(r.ask_json(request("jobs.submit", R"({"kind":"prime","params":{}})"))) == -32006);
}

TEST_CASE("a token that is revoked is good for no further request, and open ones are answered") {
  auto tokens = tokens_of({"admin"});
  rpc_rig r{&tokens};
  r.ask_json(shows("admin"));
  CHECK(r.ask(request("prime")).empty());
  tokens.put(std::make_shared<const token_table>(std::vector<gateway::access::token>{}));
  CHECK(code_of(r.ask_json(request("prime"))) == -32005);
  r.answer("1");
  CHECK(r.port.take().size() == 1);
}

TEST_CASE("a connection is closed when its token counts no more, and stays otherwise") {
  auto tokens = tokens_of({"admin"});
  const auto none = std::make_shared<const token_table>(std::vector<gateway::access::token>{});
  rpc_rig r{&tokens};
  r.ask_json(shows("admin"));
  rpc_rig stranger{&tokens};
  r.session->on_access_changed();
  CHECK(r.port.refused.empty());
  tokens.put(none);
  r.session->on_access_changed();
  CHECK(r.port.refused == "this token is not known here");
  stranger.session->on_access_changed();
  CHECK(stranger.port.refused.empty());
}

TEST_CASE("a token that does not count leaves the one that was shown before") {
  auto tokens = tokens_of({"jobs:read"});
  rpc_rig r{&tokens};
  r.ask_json(shows("jobs:read"));
  subscribe(r, 3);
  CHECK(code_of(r.ask_json(shows(""))) == -32005);
  CHECK(message_of(r.ask_json(shows("wrong"))) == "this token is not known here");
  CHECK(r.session->is_known());
  CHECK(r.ask(request("jobs.list")).empty());
  r.session->on_access_changed();
  CHECK(r.port.refused.empty());
  revoke(tokens, "jobs:read");
  r.session->on_access_changed();
  CHECK(r.port.refused == "this token is not known here");
}

TEST_CASE("what was opened under a token ends with it although another one was shown since") {
  auto tokens = tokens_of({"jobs:read", "queues:q", "call:prime", "cluster:read"});
  rpc_rig r{&tokens};
  SECTION("a subscription to a job") {
    r.ask_json(shows("jobs:read"));
    subscribe(r, 3);
    r.ask_json(shows("call:prime"));
    r.ask_json(shows("cluster:read"));
    revoke(tokens, "jobs:read");
  }
  SECTION("a request that waits") {
    r.ask_json(shows("call:prime"));
    CHECK(r.ask(request("prime")).empty());
    r.ask_json(shows("cluster:read"));
    revoke(tokens, "call:prime");
  }
  SECTION("a lease") {
    r.ask_json(shows("queues:q"));
    CHECK(r.ask(request("queue.lease", R"({"queue":"q"})")).empty());
    answer_newest(r, {});
    r.port.take();
    r.ask_json(shows("call:prime"));
    revoke(tokens, "queues:q");
  }
  r.session->on_access_changed();
  CHECK(r.port.refused == earlier_is_gone);
}

TEST_CASE("a token under which nothing is open any more may go") {
  auto tokens = tokens_of({"call:prime", "cluster:read"});
  rpc_rig r{&tokens};
  r.ask_json(shows("call:prime"));
  CHECK(r.ask(request("prime")).empty());
  r.ask_json(shows("cluster:read"));
  r.answer("1");
  r.port.take();
  revoke(tokens, "call:prime");
  r.session->on_access_changed();
  CHECK(r.port.refused.empty());
}

TEST_CASE("a new token that allows as much takes over what is open, a narrowed one does not") {
  auto tokens = tokens_of({"call:prime", "call:*"});
  rpc_rig r{&tokens};
  r.ask_json(shows("call:prime"));
  CHECK(r.ask(request("prime")).empty());
  r.ask_json(shows("call:*"));
  revoke(tokens, "call:prime");
  r.session->on_access_changed();
  CHECK(r.port.refused.empty());

  auto all = tokens.get()->all();
  all.front().may = {};
  REQUIRE_FALSE(all.front().may.add("call:sum"));
  tokens.put(std::make_shared<const token_table>(std::move(all)));
  r.ask_json(shows("call:*")); // the same, before the change is told
  r.session->on_access_changed();
  CHECK(r.port.refused ==
        "something is open under an earlier token: this token allows less than it did");
}

TEST_CASE("tokens in turns are kept once, and not more than a few while something is open") {
  auto tokens = tokens_of({"call:a", "call:b", "call:c", "call:d", "call:e", "call:f", "call:g",
                           "call:h", "call:i", "call:prime"});
  rpc_rig r{&tokens};
  r.ask_json(shows("call:prime"));
  CHECK(r.ask(request("prime")).empty());
  for (int i = 0; i < 50; ++i)
    for (const auto* each : {"call:a", "call:b", "call:prime"})
      CHECK(r.ask_json(shows(each)).contains("result"));
  for (const auto* each : {"call:c", "call:d", "call:e", "call:f", "call:g", "call:h"})
    CHECK(r.ask_json(shows(each)).contains("result"));
  CHECK(message_of(r.ask_json(shows("call:i"))).starts_with("too many tokens were shown"));
  CHECK(r.ask_json(shows("call:a")).contains("result")); // which makes no more of them
  r.answer("1");
  r.port.take();
  CHECK(r.ask_json(shows("call:i")).contains("result"));
}

TEST_CASE("where no token is needed authenticate is fine with any") {
  rpc_rig r;
  CHECK(r.ask_json(shows("whatever")).at("result").at("scopes") == json{"admin"});
}
