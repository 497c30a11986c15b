#include "gateway/prime_chat.hpp"

#include "gateway/latest.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fake_gateway.hpp"
#include "tests/support/fake_port.hpp"

#include <random>

using namespace squall;
using namespace squall::tests;
using texts = std::vector<std::string>;

namespace {

std::string verdict(std::string_view n, bool prime) {
  return R"({"n":")" + std::string(n) + R"(","prime":)" + (prime ? "true" : "false") +
         R"(,"certainty":"proven"})";
}

struct rig {
  fake_port port;
  fake_dispatcher calls;
  gateway::access::refusals refused{};
  gateway::access::guard guard;
  std::unique_ptr<gateway::prime_chat> chat;

  explicit rig(const gateway::latest<gateway::access::token_table>* tokens = nullptr)
      : guard{tokens, refused}, chat{std::make_unique<gateway::prime_chat>(
                                    port, calls, gateway::access::visitor{guard})} {}

  texts ask(std::string_view message) {
    chat->on_message(message, true);
    return port.take();
  }
};

} // namespace

TEST_CASE("a prime and a composite are told apart in words") {
  rig rig;
  CHECK(rig.ask("97").empty());
  CHECK(rig.calls.open.at(1).request.kind == "prime");
  CHECK(rig.calls.open.at(1).request.params == R"({"n":"97"})");
  CHECK(rig.calls.open.at(1).request.connection == 7);
  CHECK(rig.chat->open() == 1);
  rig.calls.answer(1, verdict("97", true));
  CHECK(rig.port.take() == texts{"97 is a prime number"});
  rig.ask("98\n");
  rig.calls.answer(2, verdict("98", false));
  CHECK(rig.port.take() == texts{"98 is not a prime number"});
  CHECK(rig.chat->open() == 0);
}

TEST_CASE("the number of an answer is the kind's, whatever its sign and zeros were") {
  rig rig;
  rig.ask("+007");
  CHECK(rig.calls.open.at(1).request.params == R"({"n":"+007"})");
  rig.calls.answer(1, R"({ "certainty":"proven", "prime" : true , "n" : "7" })");
  CHECK(rig.port.take() == texts{"7 is a prime number"});
}

TEST_CASE("answers come in the order of the questions, over messages") {
  rig rig;
  rig.ask("2 3\n4\t5\r\n");
  rig.ask("6");
  REQUIRE(rig.calls.open.size() == 5);
  rig.calls.answer(5, verdict("6", false));
  rig.calls.answer(2, verdict("3", true));
  rig.calls.answer(3, verdict("4", false));
  CHECK(rig.port.take().empty());
  rig.calls.answer(1, verdict("2", true));
  CHECK(rig.port.take() ==
        texts{"2 is a prime number", "3 is a prime number", "4 is not a prime number"});
  rig.calls.answer(4, verdict("5", true));
  CHECK(rig.port.take() == texts{"5 is a prime number", "6 is not a prime number"});
}

TEST_CASE("bad input is answered in its place") {
  rig rig;
  CHECK(rig.ask("abc") == texts{"error: \"abc\" is not an integer"});
  CHECK(rig.ask("1.5 -") ==
        texts{"error: \"1.5\" is not an integer", "error: \"-\" is not an integer"});
  rig.ask("2 x 3");
  rig.calls.answer(2, verdict("3", true));
  CHECK(rig.port.take().empty());
  rig.calls.answer(1, verdict("2", true));
  CHECK(rig.port.take() ==
        texts{"2 is a prime number", "error: \"x\" is not an integer", "3 is a prime number"});
}

TEST_CASE("an empty message asks for an integer") {
  rig rig;
  CHECK(rig.ask("") == texts{"error: send an integer"});
  CHECK(rig.ask(" \r\n") == texts{"error: send an integer"});
}

TEST_CASE("long nonsense is shortened, and stays UTF-8") {
  rig rig;
  CHECK(rig.ask(std::string(100, 'a')) ==
        texts{"error: \"" + std::string(48, 'a') + "\"... (100 characters) is not an integer"});
  rig.chat->on_message("\xff", false);
  CHECK(rig.port.take() == texts{"error: \"\xef\xbf\xbd\" is not an integer"});
}

TEST_CASE("errors of calls are answered with their message") {
  rig rig;
  rig.ask("1 2 3");
  rig.calls.answer(1, "n: \"1...\" has more than 10000 digits", proto::errc::invalid_params);
  rig.calls.answer(2, "", proto::errc::overloaded);
  rig.calls.answer(3, "nonsense");
  CHECK(rig.port.take() == texts{"error: \"1...\" has more than 10000 digits",
                                 "error: The waiting line is full",
                                 "error: The server made a mistake"});
}

TEST_CASE("questions beyond the bound are refused in their place, and cost no memory") {
  rig rig;
  std::string message;
  for (std::size_t i = 0; i < gateway::prime_chat::max_open; ++i)
    message += "7 ";
  message += "8 x 9";
  rig.ask(message);
  CHECK(rig.chat->open() == gateway::prime_chat::max_open);
  CHECK(rig.ask("10").empty());
  while (!rig.calls.open.empty())
    rig.calls.answer(rig.calls.open.begin()->first, verdict("7", true));
  const auto sent = rig.port.take();
  REQUIRE(sent.size() == gateway::prime_chat::max_open + 4);
  CHECK(sent[gateway::prime_chat::max_open - 1] == "7 is a prime number");
  for (auto i = gateway::prime_chat::max_open; i < sent.size(); ++i)
    CHECK(sent[i].starts_with("error: too many questions"));
  rig.ask("11");
  CHECK(rig.chat->open() == 1);
}

TEST_CASE("the digits that wait are bounded") {
  rig rig;
  const std::string big(1'000'000, '7');
  for (auto i = 0; i < 16; ++i)
    rig.ask(big);
  CHECK(rig.chat->open() == 16);
  rig.ask(big);
  CHECK(rig.chat->open() == 16);
}

TEST_CASE("while a chat drains, new questions are refused and open ones answered") {
  rig rig;
  rig.ask("2");
  rig.chat->on_drain();
  rig.ask("3");
  CHECK(rig.port.answered_calls == 0);
  rig.calls.answer(1, verdict("2", true));
  CHECK(rig.port.take() == texts{"2 is a prime number", "error: the gateway is draining"});
  CHECK(rig.port.answered_calls == 1);
}

TEST_CASE("the end of a chat cancels its questions") {
  rig rig;
  rig.ask("2 3 4");
  rig.calls.answer(2, verdict("3", true));
  rig.chat.reset();
  CHECK(rig.calls.cancelled == std::vector<gateway::dispatcher::ticket>{1, 3});
}

TEST_CASE("many questions answered in random order come in theirs") {
  rig rig;
  std::mt19937 random{5};
  auto asked = 0;
  auto seen = 0;
  while (seen < 20'000) {
    for (auto left = random() % 40; left > 0; --left)
      rig.ask(std::to_string(asked++));
    for (auto left = random() % 60; left > 0 && !rig.calls.open.empty(); --left) {
      const auto skipped =
          static_cast<long>(random() % std::min<std::size_t>(rig.calls.open.size(), 100));
      const auto call = std::next(rig.calls.open.begin(), skipped);
      const auto n = std::to_string(call->first - 1);
      rig.calls.answer(call->first, verdict(n, true));
    }
    for (const auto& answer : rig.port.take())
      if (answer != std::to_string(seen++) + " is a prime number") FAIL(answer);
  }
}

TEST_CASE("a chat whose token is revoked answers no further question") {
  gateway::access::token one;
  one.secret = gateway::access::digest_of("secret");
  REQUIRE_FALSE(one.may.add("call:prime"));
  gateway::latest<gateway::access::token_table> tokens{
      std::make_shared<const gateway::access::token_table>(std::vector{one})};
  rig r{&tokens};
  r.chat = std::make_unique<gateway::prime_chat>(r.port, r.calls,
                                                 gateway::access::visitor{r.guard, "secret"});
  CHECK(r.ask("97").empty());
  CHECK(r.calls.open.size() == 1);
  tokens.put(
      std::make_shared<const gateway::access::token_table>(std::vector<gateway::access::token>{}));
  CHECK(r.ask("98").empty()); // in its place, behind the answer to 97
  CHECK(r.calls.open.size() == 1);
  r.calls.answer(r.calls.open.begin()->first, verdict("97", true));
  CHECK(r.port.take() == texts{"97 is a prime number", "error: this token is not known here"});
  r.chat->on_access_changed();
  CHECK(r.port.refused == "this token is not known here");
}
