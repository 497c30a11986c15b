#include "workers/prime/prime_kind.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace squall;

namespace {

workers::outcome run(std::string_view params, std::stop_token stop = {},
                     workers::progress_teller progress = {}) {
  static const auto kind = workers::prime::make_kind();
  return kind.run(workers::task{params, 0, std::move(stop), std::move(progress)});
}

std::string result_of(std::string_view params) {
  const auto answer = run(params);
  REQUIRE(answer.code == proto::errc::none);
  REQUIRE(nlohmann::json::accept(answer.body));
  return answer.body;
}

} // namespace

TEST_CASE("prime answers a number with its verdict") {
  REQUIRE(result_of(R"({"n":"97"})") == R"({"n":"97","prime":true,"certainty":"proven"})");
  REQUIRE(result_of(R"({"n":97})") == R"({"n":"97","prime":true,"certainty":"proven"})");
  REQUIRE(result_of(R"({"n":"091"})") ==
          R"({"n":"91","prime":false,"certainty":"proven","factor":"7"})");
  REQUIRE(result_of(R"({"n":-7})") == R"({"n":"-7","prime":false,"certainty":"proven"})");
  REQUIRE(result_of(R"({"n":170141183460469231731687303715884105727})") ==
          R"({"n":"170141183460469231731687303715884105727","prime":true,)"
          R"("certainty":"probable","error_bound":0.25})");
}

TEST_CASE("prime answers numbers in their order") {
  REQUIRE(result_of(R"({"numbers":[]})") == R"({"results":[]})");
  REQUIRE(result_of(R"({"numbers":[2,"4",1]})") ==
          R"({"results":[{"n":"2","prime":true,"certainty":"proven"},)"
          R"({"n":"4","prime":false,"certainty":"proven","factor":"2"},)"
          R"({"n":"1","prime":false,"certainty":"proven"}]})");
}

TEST_CASE("wrong params of prime are invalid_params") {
  const auto answer = run(R"({"numbers":[1,2,"12.5"]})");
  REQUIRE(answer.code == proto::errc::invalid_params);
  REQUIRE(answer.body ==
          R"(numbers[2]: "12.5" is not an integer: it has a fraction or an exponent)");
}

TEST_CASE("a list tells how many of its numbers are done, and a number nothing") {
  std::vector<std::string> told;
  const auto tell = [&](std::string json) { told.push_back(std::move(json)); };
  run(R"({"numbers":[2,4]})", {}, tell);
  CHECK(told == std::vector<std::string>{R"({"done":1,"of":2})", R"({"done":2,"of":2})"});
  run(R"({"n":2})", {}, tell);
  CHECK(told.size() == 2);
}

TEST_CASE("a list whose answer nobody wants is given up") {
  std::stop_source source;
  source.request_stop();
  REQUIRE(run(R"({"numbers":[2,3]})", source.get_token()).code == proto::errc::cancelled);
}

TEST_CASE("prime says what it is, in schemas that are JSON") {
  const auto info = workers::prime::make_kind().info;
  REQUIRE(info.name == "prime");
  REQUIRE(info.idempotent);
  REQUIRE(info.safe);
  REQUIRE(info.cpu_bound);
  for (const auto& text : {info.params_schema, info.result_schema})
    REQUIRE(nlohmann::json::parse(text).at("$schema") ==
            "https://json-schema.org/draft/2020-12/schema");
}

TEST_CASE("the estimate tells a long number from many short ones") {
  const auto kind = workers::prime::make_kind();
  std::string list = R"({"numbers":[97)";
  for (int i = 0; i < 1000; ++i)
    list += ",97";
  list += "]}";
  const auto one_long = "{\"n\":\"" + std::string(3'000, '7') + "\"}";
  REQUIRE(kind.estimate(R"({"n":"97"})") < std::chrono::microseconds(5));
  REQUIRE(kind.estimate(list) < std::chrono::milliseconds(5));
  REQUIRE(kind.estimate(one_long) > std::chrono::milliseconds(100));
}
