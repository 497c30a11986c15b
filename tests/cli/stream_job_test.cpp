#include "deploy/cli/stream_job.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall::cli;
using nlohmann::json;

namespace {

call_options prime_options() {
  return {"prime", {"n", true}, 500, 7};
}

std::string answer(const std::string& request, const std::string& result) {
  const auto id = json::parse(request).at("id").dump();
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + result + "}";
}

} // namespace

TEST_CASE("a line becomes a call with its options") {
  stream_job job(prime_options(), 4, true);
  const auto request = json::parse(job.begin({1, "97"}).value());
  CHECK(request.at("jsonrpc") == "2.0");
  CHECK(request.at("method") == "call");
  CHECK(request.at("params") ==
        json::parse(R"({"kind":"prime","timeout_ms":500,"priority":7,"params":{"n":"97"}})"));
}

TEST_CASE("results come in the order of the lines") {
  stream_job job(prime_options(), 4, true);
  const auto one = job.begin({1, "1"}).value();
  const auto two = job.begin({2, "2"}).value();
  CHECK(job.on_message(answer(two, R"({"n":"2"})")));
  CHECK(job.output().empty());
  CHECK(job.on_message(answer(one, R"({"n":"1"})")));
  CHECK(job.output() == "{\"n\":\"1\"}\n{\"n\":\"2\"}\n");
  CHECK(job.done() == 2);
  CHECK(job.failed() == 0);
}

TEST_CASE("without order a result carries its line's number") {
  stream_job job(prime_options(), 4, false);
  const auto one = job.begin({3, "1"}).value();
  const auto two = job.begin({5, "2"}).value();
  job.on_message(answer(two, "2"));
  job.on_message(answer(one, "1"));
  CHECK(job.output() == "{\"line\":5,\"result\":2}\n{\"line\":3,\"result\":1}\n");
}

TEST_CASE("an error stands in its line's place and is counted") {
  stream_job job(prime_options(), 4, true);
  const auto one = job.begin({1, "x"}).value();
  const auto id = json::parse(one).at("id").dump();
  CHECK_FALSE(job.begin({2, "{broken"}));
  CHECK(job.on_message(R"({"jsonrpc":"2.0","id":)" + id +
                       R"(,"error":{"code":-32602,"message":"no"}})"));
  CHECK(job.failed() == 2);
  const auto end = job.output().find('\n');
  CHECK(job.output().substr(0, end) == R"({"error":{"code":-32602,"message":"no"}})");
  CHECK(json::parse(job.output().substr(end + 1)).at("error").at("code") == -32602);
}

TEST_CASE("no more than the concurrency is in flight") {
  stream_job job(prime_options(), 2, true);
  const auto one = job.begin({1, "1"}).value();
  CHECK(job.has_room());
  job.begin({2, "2"});
  CHECK_FALSE(job.has_room());
  job.on_message(answer(one, "1"));
  CHECK(job.has_room());
}

TEST_CASE("one slow line holds back a bounded number of others") {
  stream_job job(prime_options(), 2, true);
  job.begin({1, "slow"});
  std::uint64_t begun = 1;
  while (job.has_room() && begun < 1'000'000) {
    job.on_message(answer(job.begin({++begun, "1"}).value(), "1"));
  }
  CHECK(begun >= 1'000);
  CHECK(begun <= 10'000);
}

TEST_CASE("messages that answer nothing are refused") {
  stream_job job(prime_options(), 2, true);
  job.begin({1, "1"});
  for (const auto* text :
       {"", "[]", "no json", R"({"id":99,"result":1})", R"({"id":null})", "{}"}) {
    CAPTURE(text);
    CHECK_FALSE(job.on_message(text));
  }
  CHECK(job.in_flight() == 1);
}
