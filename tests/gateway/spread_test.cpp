#include "gateway/spread.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_gateway.hpp"

#include <nlohmann/json.hpp>

#include <optional>

using namespace squall;
using namespace squall::tests;
using nlohmann::json;

namespace {

struct last_answer final : gateway::answer_sink {
  std::optional<proto::result> result;
  std::uint64_t tag = 0;

  void on_answer(std::uint64_t which, proto::result&& answer) override {
    REQUIRE_FALSE(result);
    tag = which;
    result = std::move(answer);
  }
};

struct rig {
  fake_dispatcher calls;
  last_answer sink;
  gateway::spreading_dispatcher spreading{calls};

  explicit rig(std::uint32_t slots = 2) {
    proto::kind_slots kind;
    kind.info.name = "prime";
    kind.info.spread_param = "numbers";
    kind.info.spread_result = "results";
    kind.info.spread_max = 10'000;
    kind.slots = slots;
    calls.known.kinds = {kind};
  }

  gateway::dispatcher::ticket submit(std::string params) {
    return spreading.submit({.kind = "prime",
                             .params = std::move(params),
                             .timeout_ms = 250,
                             .priority = 8,
                             .connection = 3},
                            sink, 42);
  }
  /// Answers one part: each element in a result of its own.
  void echo(gateway::dispatcher::ticket part) {
    const auto& request = calls.open.at(part).request;
    const auto begin = request.params.find('[');
    calls.answer(part, R"({"results": )" +
                           request.params.substr(begin, request.params.find(']') - begin + 1) +
                           "}");
  }
};

std::string numbers(std::size_t count, std::string_view more = "") {
  std::string out = R"({"numbers":[)";
  for (std::size_t i = 0; i < count; ++i)
    out += (i > 0 ? "," : "") + std::to_string(i);
  return out + "]" + std::string(more) + "}";
}

} // namespace

TEST_CASE("a call of many elements goes out in parts and comes back as one") {
  rig rig;
  const auto whole = rig.submit(numbers(1'000));
  REQUIRE(rig.calls.open.size() == 8); // four a slot
  CHECK(rig.calls.open.begin()->first == whole);
  std::size_t next = 0;
  for (const auto& [ticket, part] : rig.calls.open) {
    CHECK(part.request.first_index == next);
    CHECK(part.request.timeout_ms == 250);
    CHECK(part.request.priority == 8);
    CHECK(part.request.connection == 3);
    next += json::parse(part.request.params)["numbers"].size();
  }
  CHECK(next == 1'000);
  while (!rig.calls.open.empty()) // the last first
    rig.echo(rig.calls.open.rbegin()->first);
  REQUIRE(rig.sink.result);
  CHECK(rig.sink.tag == 42);
  CHECK(rig.sink.result->code == proto::errc::none);
  CHECK(json::parse(rig.sink.result->body)["results"] == json::parse(numbers(1'000))["numbers"]);
}

TEST_CASE("elements and results are copied digit for digit") {
  rig rig;
  const auto big = "1" + std::string(9'999, '3');
  rig.submit(R"({"numbers": [ )" + big + " , 2.50, \"a,]\\\"\" ] , \"x\": 1.0 }");
  REQUIRE(rig.calls.open.size() == 3);
  CHECK(rig.calls.open.at(1).request.params == R"({"numbers": [)" + big + "] , \"x\": 1.0 }");
  CHECK(rig.calls.open.at(3).request.params == R"({"numbers": ["a,]\""] , "x": 1.0 })");
  rig.calls.answer(1, R"({"results":[ )" + big + R"( ],"y":1.0})");
  rig.calls.answer(2, R"({"results":[]})");
  rig.calls.answer(3, R"({"results":[2.50]})");
  CHECK(rig.sink.result->body == R"({"results":[)" + big + R"(,2.50],"y":1.0})");
}

TEST_CASE("parts are not made too small for light elements") {
  rig rig{64};
  rig.submit(numbers(100));
  CHECK(rig.calls.open.size() == 13); // of 8 elements
}

TEST_CASE("what is not worth it, or not understood, passes through untouched") {
  const std::string filler = R"(,"x":")" + std::string(100, 'x') + R"("})";
  for (const auto& params :
       {numbers(3), numbers(1), numbers(8, R"(,"filler":"to be longer than a short call is"})"),
        R"({"n":")" + std::string(100, '7') + R"("})", R"({"numbers":[])" + filler,
        R"({"numbers":5)" + filler, R"({"numbers":[1,2)" + filler,
        R"({"numbers":[1],"numbers":[2])" + filler, std::string(100, '[')}) {
    INFO(params);
    rig rig;
    rig.submit(params);
    REQUIRE(rig.calls.open.size() == 1);
    CHECK(rig.calls.open.begin()->second.request.params == params);
    CHECK(rig.calls.open.begin()->second.sink == &rig.sink);
    CHECK(rig.calls.open.begin()->second.tag == 42);
  }
}

TEST_CASE("much text beside the array is not copied into parts") {
  rig rig;
  rig.submit(numbers(1'000, R"(,"x":")" + std::string(10'000, 'x') + "\""));
  CHECK(rig.calls.open.size() == 1);
}

TEST_CASE("other kinds pass through") {
  rig rig;
  rig.spreading.submit({.kind = "other", .params = numbers(1'000)}, rig.sink, 1);
  CHECK(rig.calls.open.size() == 1);
}

TEST_CASE("more elements than the kind takes are refused before anything is sent") {
  rig rig;
  const auto whole = rig.submit(numbers(10'001));
  CHECK_FALSE(rig.sink.result); // not in the same turn
  REQUIRE(rig.calls.open.size() == 1);
  CHECK(rig.calls.open.begin()->second.request.kind.empty());
  rig.calls.answer(whole, "");
  REQUIRE(rig.sink.result);
  CHECK(rig.sink.result->code == proto::errc::invalid_params);
  CHECK(rig.sink.result->body == "numbers: 10001 elements, where at most 10000 are taken");
}

TEST_CASE("a refused call can be cancelled") {
  rig rig;
  rig.spreading.cancel(rig.submit(numbers(10'001)));
  CHECK(rig.calls.open.empty());
}

TEST_CASE("the first error by the elements' order is the answer, and the rest is cancelled") {
  rig rig;
  rig.submit(numbers(1'000));
  rig.echo(2);
  rig.calls.answer(5, "fifth", proto::errc::invalid_params);
  CHECK(rig.calls.cancelled == std::vector<gateway::dispatcher::ticket>{6, 7, 8});
  CHECK_FALSE(rig.sink.result); // parts before it may still fail
  rig.calls.answer(3, "third", proto::errc::task_failed);
  CHECK(rig.calls.open.size() == 1);
  rig.echo(1);
  REQUIRE(rig.sink.result);
  CHECK(rig.sink.result->code == proto::errc::task_failed);
  CHECK(rig.sink.result->body == "third");
  CHECK(rig.calls.open.empty());
}

TEST_CASE("an error of the last part is the answer too") {
  rig rig;
  rig.submit(numbers(1'000));
  for (gateway::dispatcher::ticket part = 1; part < 8; ++part)
    rig.echo(part);
  rig.calls.answer(8, "eighth", proto::errc::worker_lost);
  REQUIRE(rig.sink.result);
  CHECK(rig.sink.result->code == proto::errc::worker_lost);
}

TEST_CASE("a result without the array is the server's mistake") {
  rig rig;
  rig.submit(numbers(1'000));
  rig.calls.answer(1, "{}");
  while (!rig.calls.open.empty())
    rig.echo(rig.calls.open.begin()->first);
  CHECK(rig.sink.result->code == proto::errc::internal);
}

TEST_CASE("cancelling a spread call cancels every part that is open") {
  rig rig;
  const auto whole = rig.submit(numbers(1'000));
  rig.echo(1);
  rig.spreading.cancel(whole);
  CHECK(rig.calls.open.empty());
  CHECK(rig.calls.cancelled.size() == 7);
  CHECK_FALSE(rig.sink.result);
}

TEST_CASE("other calls are cancelled by their own ticket") {
  rig rig;
  rig.submit(numbers(1'000));
  const auto plain = rig.submit(R"({"n":"97"})");
  rig.spreading.cancel(plain);
  CHECK(rig.calls.cancelled == std::vector<gateway::dispatcher::ticket>{plain});
}

TEST_CASE("a call of which not all parts find room is refused whole") {
  rig rig;
  rig.calls.room = 5;
  const auto whole = rig.submit(numbers(1'000));
  CHECK(rig.calls.cancelled.size() == 5);
  CHECK_FALSE(rig.sink.result); // not in the same turn
  REQUIRE(rig.calls.open.size() == 1);
  rig.calls.answer(whole, "");
  REQUIRE(rig.sink.result);
  CHECK(rig.sink.result->code == proto::errc::overloaded);
}

TEST_CASE("a dispatcher that ends leaves no parts behind") {
  fake_dispatcher calls;
  {
    rig rig;
    calls.known = rig.calls.known;
    gateway::spreading_dispatcher spreading{calls};
    spreading.submit({.kind = "prime", .params = numbers(1'000)}, rig.sink, 1);
    CHECK(calls.open.size() == 8);
  }
  CHECK(calls.open.empty());
}
