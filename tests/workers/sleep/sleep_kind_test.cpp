#include "workers/sleep/sleep_kind.hpp"

#include "tests/support/catch.hpp"
#include "workers/event_loop.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace squall;
using namespace squall::workers;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Runs one call of the kind on a loop.
struct run {
  explicit run(std::string text, progress_teller to = {})
      : params{std::move(text)}, progress{std::move(to)} {
    loop.post([this] {
      sleep::make_kind().start(loop, task{params, 0, stop.get_token(), progress},
                               [this](outcome ended) { answer.set_value(std::move(ended)); });
    });
  }

  outcome result() {
    auto ready = answer.get_future();
    REQUIRE(ready.wait_for(20s) == std::future_status::ready);
    return ready.get();
  }

  std::string params;
  progress_teller progress;
  std::stop_source stop;
  std::promise<outcome> answer;
  event_loop loop;
};

} // namespace

TEST_CASE("sleep answers after its time and not before") {
  auto begun = std::chrono::steady_clock::now();
  auto ended = run{R"({"ms": 30})"}.result();
  CHECK(std::chrono::steady_clock::now() - begun >= 30ms);
  CHECK(ended.code == proto::errc::none);
  CHECK(ended.body == R"({"ms":30})");
}

TEST_CASE("sleep refuses what it cannot do and says why") {
  auto refused = [](const char* params, const char* why) {
    INFO(params);
    auto ended = run{params}.result();
    CHECK(ended.code == proto::errc::invalid_params);
    CHECK_THAT(ended.body, ContainsSubstring(why));
  };
  refused("[]", "must be an object");
  refused("nonsense", "must be an object");
  refused("{}", "missing");
  refused(R"({"ms": "x"})", "must be an integer");
  refused(R"({"ms": "1.5"})", "must be an integer");
  refused(R"({"ms": "86400001"})", "is 86400001");
  refused(R"({"ms": 1.5})", "must be an integer");
  refused(R"({"ms": -1})", "is -1");
  refused(R"({"ms": 86400001})", "is 86400001");
  refused(R"({"ms": 18446744073709551615})", "is 18446744073709551615");
  refused(R"({"ms": 1, "x": 2})", "not \"x\"");
  refused(R"({"ms": 1} 2)", "must be an object");
  refused(R"({"ms": 1, "ms": "x"})", "must be an integer");
}

TEST_CASE("sleep tells every second how much of it is over") {
  std::vector<std::string> told;
  auto ended =
      run{R"({"ms": 1200})", [&](std::string json) { told.push_back(std::move(json)); }}.result();
  CHECK(ended.body == R"({"ms":1200})");
  REQUIRE(told.size() == 1);
  const auto progress = nlohmann::json::parse(told[0]);
  CHECK(progress["done_ms"] >= 999);
  CHECK(progress["done_ms"] <= 1'200);
  CHECK(progress["of_ms"] == 1'200);
}

TEST_CASE("a sleep that tells its progress ends early too") {
  run call{R"({"ms": 86400000})", [](const std::string&) {}};
  call.stop.request_stop();
  CHECK(call.result().code == proto::errc::cancelled);
}

TEST_CASE("sleep ends early when it is asked to stop") {
  run call{R"({"ms": 86400000})"};
  call.stop.request_stop();
  CHECK(call.result().code == proto::errc::cancelled);
}

TEST_CASE("sleeps begin and are stopped on any thread, and each answers once") {
  constexpr int threads = 4;
  constexpr int each = 250;
  const auto kind = sleep::make_kind();
  CHECK(kind.starts_anywhere);
  std::atomic<int> done = 0;
  std::atomic<int> stopped = 0;
  std::latch answered{threads * each};
  event_loop loop;
  const auto answer = [&](const outcome& ended) {
    ++(ended.code == proto::errc::none ? done : stopped);
    answered.count_down();
  };
  {
    std::vector<std::jthread> starters;
    for (int i = 0; i < threads; ++i)
      starters.emplace_back([&] {
        std::vector<std::stop_source> stops(each);
        for (int call = 0; call < each; ++call) {
          const auto* params = call % 2 == 0 ? R"({"ms": 0})" : R"({"ms": 86400000})";
          kind.start(loop, task{params, 0, stops[call].get_token()}, answer);
        }
        for (auto& stop : stops)
          stop.request_stop();
      });
  }
  answered.wait();
  CHECK(done + stopped == threads * each);
  CHECK(stopped >= threads * each / 2);
}

TEST_CASE("a loop that ends drops the sleeps that are under way") {
  auto answered = std::make_shared<std::promise<void>>();
  std::weak_ptr<std::promise<void>> held = answered;
  {
    event_loop loop;
    std::promise<void> started;
    loop.post([&, answered = std::move(answered)] {
      sleep::make_kind().start(loop, task{R"({"ms": 86400000})", 0, {}},
                               [answered](const outcome&) { answered->set_value(); });
      started.set_value();
    });
    started.get_future().wait();
    CHECK_FALSE(held.expired());
  }
  CHECK(held.expired());
}

TEST_CASE("the schemas of sleep are JSON") {
  auto info = sleep::make_kind().info;
  CHECK(nlohmann::json::parse(info.params_schema)["required"][0] == "ms");
  CHECK(nlohmann::json::parse(info.result_schema)["type"] == "object");
  CHECK(info.idempotent);
}
