#include "gateway/rpc/session.hpp"

#include "tests/support/log_lines.hpp"
#include "tests/support/rpc_rig.hpp"

using namespace squall;
using namespace squall::tests;

TEST_CASE("a call is answered with its id and the kind's result") {
  rpc_rig rig;
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"subtract","params":[42, 23],"id":1})").empty());
  CHECK(rig.oldest().kind == "subtract");
  CHECK(rig.oldest().params == "[42, 23]");
  CHECK(rig.oldest().connection == 7);
  CHECK(rig.session->open() == 1);
  rig.answer("19");
  CHECK(rig.port.take() == std::vector<std::string>{R"({"jsonrpc":"2.0","id":1,"result":19})"});
  CHECK(rig.session->open() == 0);
  CHECK(rig.port.answered_calls == 1);
}

TEST_CASE("params by name go on as they are written") {
  rpc_rig rig;
  rig.ask(
      R"({"id":3,"params":{"subtrahend": 23,"minuend":42.0},"method":"subtract","jsonrpc":"2.0"})");
  CHECK(rig.oldest().params == R"({"subtrahend": 23,"minuend":42.0})");
}

TEST_CASE("without params a kind gets an empty object") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","method":"sum","id":1})");
  rig.ask(R"({"jsonrpc":"2.0","method":"sum","id":2,"params":null})");
  for (const auto& [ticket, entry] : rig.calls.open)
    CHECK(entry.request.params == "{}");
  CHECK(rig.session->open() == 2);
}

TEST_CASE("an unknown method is named beside the known ones") {
  rpc_rig rig;
  const auto response = rig.ask_json(R"({"jsonrpc":"2.0","method":"foobar","id":"1"})");
  CHECK(code_of(response) == -32601);
  CHECK(response["id"] == "1");
  CHECK(response["error"]["data"]["code"] == "unknown_kind");
  CHECK(message_of(response) ==
        "no method \"foobar\"; there are authenticate, call, cancel, ping, status, "
        "queue.*, jobs.*, schedules.* and the kinds subtract, sum, prime");
}

TEST_CASE("an integer of 10,000 digits reaches the kind and comes back digit for digit") {
  rpc_rig rig;
  const auto digits = "1" + std::string(9'999, '7');
  rig.ask(R"({"jsonrpc":"2.0","method":"prime","params":{"n":)" + digits + R"(},"id":)" + digits +
          "}");
  CHECK(rig.oldest().params == R"({"n":)" + digits + "}");
  rig.answer(R"({"n":)" + digits + "}");
  CHECK(rig.port.take().at(0) ==
        R"({"jsonrpc":"2.0","id":)" + digits + R"(,"result":{"n":)" + digits + "}}");
}

TEST_CASE("`call` sets timeout and priority") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"call","params":)"
          R"({"kind":"prime","params":{"n": 97},"timeout_ms":500,"priority":9}})");
  CHECK(rig.oldest().kind == "prime");
  CHECK(rig.oldest().params == R"({"n": 97})");
  CHECK(rig.oldest().timeout_ms == 500);
  CHECK(rig.oldest().priority == 9);
}

TEST_CASE("`call` refuses wrong options and says which and why") {
  rpc_rig rig;
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({})", "kind: "},
      {R"([])", "params: "},
      {R"({"kind":5})", "kind: "},
      {R"({"kind":"prime","timeout_ms":0})", "timeout_ms: "},
      {R"({"kind":"prime","timeout_ms":1.5})", "timeout_ms: "},
      {R"({"kind":"prime","timeout_ms":86400001})", "timeout_ms: an integer from 1 to 86400000"},
      {R"({"kind":"prime","timeout_ms":99999999999})", "timeout_ms: "},
      {R"({"kind":"prime","priority":10})", "priority: "},
      {R"({"kind":"prime","priority":-1})", "priority: "},
      {R"({"kind":"prime","priority":"5"})", "priority: "},
      {R"({"kind":"prime","timeout":5})", "unknown field \"timeout\""}};
  for (const auto& [params, begin] : cases) {
    INFO(params);
    const auto response =
        rig.ask_json(R"({"jsonrpc":"2.0","id":1,"method":"call","params":)" + params + "}");
    CHECK(code_of(response) == -32602);
    CHECK(message_of(response).rfind(begin, 0) == 0);
  }
  CHECK(code_of(rig.ask_json(
            R"({"jsonrpc":"2.0","id":1,"method":"call","params":{"kind":"nil"}})")) == -32601);
}

TEST_CASE("an error carries its name and the members of its data") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"prime"})");
  auto found = rig.calls.open.extract(rig.calls.open.begin());
  proto::result failure;
  failure.code = proto::errc::overloaded;
  failure.body = "the line is \"full\"\n\xff";
  failure.data = R"({"retry_after_ms":50,"code":"other"})";
  found.mapped().sink->on_answer(found.mapped().tag, std::move(failure));
  const auto response = json::parse(rig.port.take().at(0));
  CHECK(code_of(response) == -32000);
  CHECK(message_of(response) == "the line is \"full\"\n\xef\xbf\xbd");
  CHECK(response["error"]["data"] == json{{"code", "overloaded"}, {"retry_after_ms", 50}});
}

TEST_CASE("a cancelled call is answered as cancelled, and never by the dispatcher") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":"a","method":"prime"})");
  const auto answers = rig.ask(R"({"jsonrpc":"2.0","id":2,"method":"cancel","params":{"id":"a"}})");
  REQUIRE(answers.size() == 2);
  CHECK(code_of(json::parse(answers[0])) == -32003);
  CHECK(json::parse(answers[0])["id"] == "a");
  CHECK(json::parse(answers[1])["result"] == json{{"cancelled", true}});
  CHECK(rig.calls.cancelled.size() == 1);
  CHECK(rig.session->open() == 0);
  CHECK(
      rig.ask_json(R"({"jsonrpc":"2.0","id":2,"method":"cancel","params":{"id":"a"}})")["result"] ==
      json{{"cancelled", false}});
  CHECK(code_of(rig.ask_json(R"({"jsonrpc":"2.0","id":2,"method":"cancel"})")) == -32602);
}

TEST_CASE("of two open calls with one id the newer is cancelled") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":5,"method":"sum"})");
  rig.answer("0");
  for (auto i = 0; i < 2; ++i)
    rig.ask(R"({"jsonrpc":"2.0","id":5,"method":"sum"})");
  rig.ask(R"({"jsonrpc":"2.0","id":6,"method":"cancel","params":{"id":5}})");
  CHECK(rig.calls.cancelled == std::vector<gateway::dispatcher::ticket>{3});
}

TEST_CASE("a cancel finds calls from before and after the first cancel, and those alone") {
  rpc_rig rig;
  const auto cancel = [&rig](const std::string& id) {
    const auto answers =
        rig.ask(R"({"jsonrpc":"2.0","id":0,"method":"cancel","params":{"id":)" + id + "}}");
    return json::parse(answers.back())["result"] == json{{"cancelled", true}};
  };
  rig.ask(R"({"jsonrpc":"2.0","id":"before","method":"sum"})");
  rig.ask(R"({"jsonrpc":"2.0","method":"sum"})");
  CHECK_FALSE(cancel("\"a\""));
  CHECK_FALSE(cancel("\"z\""));
  rig.ask(R"({"jsonrpc":"2.0","id":"after","method":"sum"})");
  rig.ask(R"({"jsonrpc":"2.0","method":"sum"})");
  CHECK(cancel("\"after\""));
  CHECK_FALSE(cancel("\"after\""));
  CHECK(cancel("\"before\""));
  CHECK(rig.session->open() == 2);
  while (!rig.calls.open.empty())
    rig.answer("0");
  rig.ask(R"({"jsonrpc":"2.0","id":7,"method":"sum"})");
  rig.answer("0");
  CHECK_FALSE(cancel("7"));
  rig.ask(R"({"jsonrpc":"2.0","id":7,"method":"sum"})");
  CHECK(cancel("7"));
  CHECK(rig.session->open() == 0);
}

TEST_CASE("an internal error is in the log with connection and id") {
  log_lines log;
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":"a","method":"sum"})");
  rig.calls.answer(rig.calls.open.begin()->first, "our fault", proto::errc::internal);
  CHECK(code_of(json::parse(rig.port.take().at(0))) == -32603);
  CHECK(log.text() == "error request \"a\" of connection 7 failed: \"our fault\"\n");
}

TEST_CASE("`status` answers with what the renderer made") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"status"})");
  rig.answer(rig.oldest().params);
  CHECK(json::parse(rig.port.take().at(0))["result"] == json::parse(R"({"workers":[]})"));
}

TEST_CASE("while it drains, new calls are refused and open ones answered") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"sum"})");
  rig.session->on_drain();
  CHECK(code_of(rig.ask_json(R"({"jsonrpc":"2.0","id":2,"method":"sum"})")) == -32004);
  CHECK(rig.port.answered_calls == 0);
  rig.answer("1");
  CHECK(rig.port.take().size() == 1);
  CHECK(rig.port.answered_calls == 1);
}

TEST_CASE("the open requests of one connection are bounded in number and bytes") {
  rpc_rig rig;
  for (std::size_t i = 0; i < gateway::rpc::session::max_open; ++i)
    rig.session->on_message(R"({"jsonrpc":"2.0","id":1,"method":"sum"})", true);
  CHECK(rig.port.sent.empty());
  CHECK(code_of(rig.ask_json(R"({"jsonrpc":"2.0","id":2,"method":"sum"})")) == -32000);
  while (!rig.calls.open.empty())
    rig.answer("0");
  rig.port.take();
  const auto big = R"({"jsonrpc":"2.0","id":1,"method":"sum","params":[")" +
                   std::string(1'000'000, 'a') + R"("]})";
  for (auto i = 0; i < 16; ++i)
    CHECK(rig.ask(big).empty());
  CHECK(code_of(rig.ask_json(big)) == -32000);
}

TEST_CASE("the end of a connection cancels its calls") {
  rpc_rig rig;
  rig.ask(R"([{"jsonrpc":"2.0","id":1,"method":"sum"},{"jsonrpc":"2.0","method":"sum"}])");
  rig.session.reset();
  CHECK(rig.calls.open.empty());
  CHECK(rig.calls.cancelled.size() == 2);
}
