#include "gateway/rpc/session.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_gateway.hpp"
#include "tests/support/fake_port.hpp"

#include <nlohmann/json.hpp>

#include <random>

using namespace squall;
using namespace squall::tests;
using nlohmann::json;

namespace {

/// One connection that knows the kinds `subtract`, `sum` and `prime`.
struct rig {
  fake_port port;
  fake_dispatcher calls;
  std::unique_ptr<gateway::rpc::session> session;

  rig() {
    for (const auto* name : {"subtract", "sum", "prime"}) {
      proto::kind_slots kind;
      kind.info.name = name;
      calls.known.kinds.push_back(kind);
    }
    session = std::make_unique<gateway::rpc::session>(
        port, calls, [](const proto::router_status&) { return std::string(R"({"workers":[]})"); });
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

int code_of(const json& response) {
  return response.at("error").at("code").get<int>();
}

std::string message_of(const json& response) {
  return response.at("error").at("message").get<std::string>();
}

} // namespace

TEST_CASE("a call is answered with its id and the kind's result") {
  rig rig;
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
  rig rig;
  rig.ask(
      R"({"id":3,"params":{"subtrahend": 23,"minuend":42.0},"method":"subtract","jsonrpc":"2.0"})");
  CHECK(rig.oldest().params == R"({"subtrahend": 23,"minuend":42.0})");
}

TEST_CASE("without params a kind gets an empty object") {
  rig rig;
  rig.ask(R"({"jsonrpc":"2.0","method":"sum","id":1})");
  rig.ask(R"({"jsonrpc":"2.0","method":"sum","id":2,"params":null})");
  for (const auto& [ticket, entry] : rig.calls.open)
    CHECK(entry.request.params == "{}");
  CHECK(rig.session->open() == 2);
}

TEST_CASE("ids come back as they were written") {
  rig rig;
  for (const std::string id : {"1", "1.50", "-0", "1e3", "\"a\\u0041\"", "null", "\"\"",
                               "123456789012345678901234567890"}) {
    rig.ask(R"({"jsonrpc":"2.0","method":"sum","id":)" + id + "}");
    rig.answer("0");
    CHECK(rig.port.take() ==
          std::vector<std::string>{R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":0})"});
  }
}

TEST_CASE("notifications are run and not answered") {
  rig rig;
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"sum","params":[1,2]})").empty());
  CHECK(rig.session->open() == 1);
  rig.answer("3");
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"foobar"})").empty());
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"ping"})").empty());
  CHECK(rig.port.sent.empty());
  CHECK(rig.session->open() == 0);
}

TEST_CASE("an unknown method is named beside the known ones") {
  rig rig;
  const auto response = rig.ask_json(R"({"jsonrpc":"2.0","method":"foobar","id":"1"})");
  CHECK(code_of(response) == -32601);
  CHECK(response["id"] == "1");
  CHECK(response["error"]["data"]["code"] == "unknown_kind");
  CHECK(message_of(response) == "no method \"foobar\"; there are call, cancel, ping, status and "
                                "the kinds subtract, sum, prime");
}

TEST_CASE("what is not JSON is answered with -32700 and a null id") {
  rig rig;
  for (const std::string text :
       {R"({"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz])", "", "{",
        R"([{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method"])",
        R"({"jsonrpc":"2.0","method":"sum","id":1} x)", R"({"jsonrpc":"2.0","id":01})"}) {
    INFO(text);
    const auto response = rig.ask_json(text);
    CHECK(code_of(response) == -32700);
    CHECK(response["id"].is_null());
    CHECK(response["jsonrpc"] == "2.0");
  }
  CHECK(rig.calls.open.empty());
}

TEST_CASE("what is JSON but no request is answered with -32600 and a null id") {
  rig rig;
  for (const std::string text :
       {R"({"jsonrpc":"2.0","method":1,"params":"bar"})", "[]", "1", "\"a\"", "null",
        R"({"jsonrpc":"1.0","method":"sum","id":1})", R"({"method":"sum","id":1})",
        R"({"jsonrpc":2.0,"method":"sum","id":1})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","method":"sum","id":[1]})",
        R"({"jsonrpc":"2.0","method":"sum","id":true})",
        R"({"jsonrpc":"2.0","method":"sum","params":5,"id":1})"}) {
    INFO(text);
    const auto response = rig.ask_json(text);
    CHECK(code_of(response) == -32600);
    CHECK(response["id"].is_null());
    CHECK(response["error"]["data"]["code"] == "invalid_request");
  }
}

TEST_CASE("escaped member names and methods are the same names") {
  rig rig;
  rig.ask(R"({"jsonrpc":"\u0032.0","m\u0065thod":"s\u0075m","id":1})");
  REQUIRE(rig.calls.open.size() == 1);
  CHECK(rig.oldest().kind == "sum");
}

TEST_CASE("a batch of no requests is answered for each entry, in one message") {
  rig rig;
  const auto one = rig.ask_json("[1]");
  REQUIRE(one.is_array());
  CHECK(one.size() == 1);
  const auto three = rig.ask_json("[1,2,3]");
  REQUIRE(three.size() == 3);
  for (const auto& response : three) {
    CHECK(code_of(response) == -32600);
    CHECK(response["id"].is_null());
  }
}

TEST_CASE("a batch is answered in one message when all its calls are answered") {
  rig rig;
  CHECK(rig.ask(R"([
    {"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},
    {"jsonrpc":"2.0","method":"sum","params":[7]},
    {"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":"2"},
    {"foo":"boo"},
    {"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},
    {"jsonrpc":"2.0","method":"ping","id":"9"}
  ])")
            .empty());
  REQUIRE(rig.calls.open.size() == 3);
  rig.calls.answer(3, "19");
  CHECK(rig.port.sent.empty());
  rig.calls.answer(1, "7");
  const auto sent = rig.port.take();
  REQUIRE(sent.size() == 1);
  auto responses = json::parse(sent[0]);
  REQUIRE(responses.size() == 5);
  std::map<std::string, json> by_id;
  for (auto& response : responses)
    by_id[response["id"].dump()] = response;
  CHECK(by_id["\"1\""]["result"] == 7);
  CHECK(by_id["\"2\""]["result"] == 19);
  CHECK(code_of(by_id["null"]) == -32600);
  CHECK(code_of(by_id["\"5\""]) == -32601);
  CHECK(by_id["\"9\""]["result"] == "pong");
  rig.answer("0"); // the notification's
  CHECK(rig.port.sent.empty());
}

TEST_CASE("a batch of notifications alone is answered with nothing") {
  rig rig;
  rig.ask(R"([{"jsonrpc":"2.0","method":"sum"},{"jsonrpc":"2.0","method":"ping"}])");
  rig.answer("0");
  CHECK(rig.port.sent.empty());
}

TEST_CASE("a batch of more than 1000 entries is refused as a whole") {
  rig rig;
  std::string text = "[";
  for (auto i = 0; i < 1'001; ++i)
    text += R"({"jsonrpc":"2.0","method":"sum","id":1},)";
  text.back() = ']';
  CHECK(code_of(rig.ask_json(text)) == -32600);
  CHECK(rig.calls.open.empty());
}

TEST_CASE("a broken entry behind good ones keeps the whole batch from being run") {
  rig rig;
  CHECK(code_of(rig.ask_json(R"([{"jsonrpc":"2.0","method":"sum","id":1},{]})")) == -32700);
  CHECK(rig.calls.open.empty());
}

TEST_CASE("an integer of 10,000 digits reaches the kind and comes back digit for digit") {
  rig rig;
  const auto digits = "1" + std::string(9'999, '7');
  rig.ask(R"({"jsonrpc":"2.0","method":"prime","params":{"n":)" + digits + R"(},"id":)" + digits +
          "}");
  CHECK(rig.oldest().params == R"({"n":)" + digits + "}");
  rig.answer(R"({"n":)" + digits + "}");
  CHECK(rig.port.take().at(0) ==
        R"({"jsonrpc":"2.0","id":)" + digits + R"(,"result":{"n":)" + digits + "}}");
}

TEST_CASE("`call` sets timeout and priority") {
  rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"call","params":)"
          R"({"kind":"prime","params":{"n": 97},"timeout_ms":500,"priority":9}})");
  CHECK(rig.oldest().kind == "prime");
  CHECK(rig.oldest().params == R"({"n": 97})");
  CHECK(rig.oldest().timeout_ms == 500);
  CHECK(rig.oldest().priority == 9);
}

TEST_CASE("`call` refuses wrong options and says which and why") {
  rig rig;
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({})", "kind: "},
      {R"([])", "params: "},
      {R"({"kind":5})", "kind: "},
      {R"({"kind":"prime","timeout_ms":0})", "timeout_ms: "},
      {R"({"kind":"prime","timeout_ms":1.5})", "timeout_ms: "},
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
  rig rig;
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
  rig rig;
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
  rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":5,"method":"sum"})");
  rig.answer("0");
  for (auto i = 0; i < 2; ++i)
    rig.ask(R"({"jsonrpc":"2.0","id":5,"method":"sum"})");
  rig.ask(R"({"jsonrpc":"2.0","id":6,"method":"cancel","params":{"id":5}})");
  CHECK(rig.calls.cancelled == std::vector<gateway::dispatcher::ticket>{3});
}

TEST_CASE("a call can be cancelled inside its batch") {
  rig rig;
  const auto response =
      rig.ask_json(R"([{"jsonrpc":"2.0","id":1,"method":"sum"},)"
                   R"({"jsonrpc":"2.0","id":2,"method":"cancel","params":{"id":1}}])");
  REQUIRE(response.size() == 2);
  CHECK(code_of(response[0]) == -32003);
}

TEST_CASE("`status` answers with what the renderer made") {
  rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"status"})");
  rig.answer(rig.oldest().params);
  CHECK(json::parse(rig.port.take().at(0))["result"] == json::parse(R"({"workers":[]})"));
}

TEST_CASE("while it drains, new calls are refused and open ones answered") {
  rig rig;
  rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"sum"})");
  rig.session->on_drain();
  CHECK(code_of(rig.ask_json(R"({"jsonrpc":"2.0","id":2,"method":"sum"})")) == -32004);
  CHECK(rig.port.answered_calls == 0);
  rig.answer("1");
  CHECK(rig.port.take().size() == 1);
  CHECK(rig.port.answered_calls == 1);
}

TEST_CASE("the open requests of one connection are bounded in number and bytes") {
  rig rig;
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
  rig rig;
  rig.ask(R"([{"jsonrpc":"2.0","id":1,"method":"sum"},{"jsonrpc":"2.0","method":"sum"}])");
  rig.session.reset();
  CHECK(rig.calls.open.empty());
  CHECK(rig.calls.cancelled.size() == 2);
}

TEST_CASE("a binary message is taken when it is JSON in UTF-8") {
  rig rig;
  const auto pong = rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})", false);
  CHECK(pong == std::vector<std::string>{R"({"jsonrpc":"2.0","id":1,"result":"pong"})"});
  const auto bad = rig.ask("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}", false);
  CHECK(code_of(json::parse(bad.at(0))) == -32700);
}

TEST_CASE("random messages are answered with valid JSON or not at all") {
  rig rig;
  std::mt19937 random{11};
  const std::string seed = R"([{"jsonrpc":"2.0","id":1,"method":"sum","params":[1]},)"
                           R"({"jsonrpc":"2.0","id":"x","method":"cancel","params":{"id":1}}])";
  for (auto round = 0; round < 20'000; ++round) {
    auto text = seed.substr(random() % 2 == 0 ? 0 : 1, random() % seed.size() + 1);
    for (auto changes = random() % 5; changes > 0; --changes)
      text[random() % text.size()] = static_cast<char>(random());
    for (const auto& answer : rig.ask(text, false))
      if (!json::accept(answer)) FAIL(text);
    if (rig.calls.open.size() > 100) rig.answer("0");
  }
}
