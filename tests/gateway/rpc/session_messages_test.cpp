#include "gateway/rpc/session.hpp"

#include "tests/support/rpc_rig.hpp"

#include <map>
#include <random>

using namespace squall;
using namespace squall::tests;

TEST_CASE("ids come back as they were written") {
  rpc_rig rig;
  for (const std::string id : {"1", "1.50", "-0", "1e3", "\"a\\u0041\"", "null", "\"\"",
                               "123456789012345678901234567890"}) {
    rig.ask(R"({"jsonrpc":"2.0","method":"sum","id":)" + id + "}");
    rig.answer("0");
    CHECK(rig.port.take() ==
          std::vector<std::string>{R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":0})"});
  }
}

TEST_CASE("notifications are run and not answered") {
  rpc_rig rig;
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"sum","params":[1,2]})").empty());
  CHECK(rig.session->open() == 1);
  rig.answer("3");
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"foobar"})").empty());
  CHECK(rig.ask(R"({"jsonrpc":"2.0","method":"ping"})").empty());
  CHECK(rig.port.sent.empty());
  CHECK(rig.session->open() == 0);
}

TEST_CASE("what is not JSON is answered with -32700 and a null id") {
  rpc_rig rig;
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
  rpc_rig rig;
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
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"\u0032.0","m\u0065thod":"s\u0075m","id":1})");
  REQUIRE(rig.calls.open.size() == 1);
  CHECK(rig.oldest().kind == "sum");
}

TEST_CASE("a batch of no requests is answered for each entry, in one message") {
  rpc_rig rig;
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
  rpc_rig rig;
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
  rpc_rig rig;
  rig.ask(R"([{"jsonrpc":"2.0","method":"sum"},{"jsonrpc":"2.0","method":"ping"}])");
  rig.answer("0");
  CHECK(rig.port.sent.empty());
}

TEST_CASE("a batch of more than 1000 entries is refused as a whole") {
  rpc_rig rig;
  std::string text = "[";
  for (auto i = 0; i < 1'001; ++i)
    text += R"({"jsonrpc":"2.0","method":"sum","id":1},)";
  text.back() = ']';
  CHECK(code_of(rig.ask_json(text)) == -32600);
  CHECK(rig.calls.open.empty());
}

TEST_CASE("a broken entry behind good ones keeps the whole batch from being run") {
  rpc_rig rig;
  CHECK(code_of(rig.ask_json(R"([{"jsonrpc":"2.0","method":"sum","id":1},{]})")) == -32700);
  CHECK(rig.calls.open.empty());
}

TEST_CASE("a call can be cancelled inside its batch") {
  rpc_rig rig;
  const auto response =
      rig.ask_json(R"([{"jsonrpc":"2.0","id":1,"method":"sum"},)"
                   R"({"jsonrpc":"2.0","id":2,"method":"cancel","params":{"id":1}}])");
  REQUIRE(response.size() == 2);
  CHECK(code_of(response[0]) == -32003);
}

TEST_CASE("a binary message is taken when it is JSON in UTF-8") {
  rpc_rig rig;
  const auto pong = rig.ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})", false);
  CHECK(pong == std::vector<std::string>{R"({"jsonrpc":"2.0","id":1,"result":"pong"})"});
  const auto bad = rig.ask("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}", false);
  CHECK(code_of(json::parse(bad.at(0))) == -32700);
}

TEST_CASE("random messages are answered with valid JSON or not at all") {
  rpc_rig rig;
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
