#include "gateway/queue/queue_params.hpp"

#include "gateway/queue/rfc3339.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <chrono>

using namespace squall;
using namespace squall::gateway;
using proto::queue_op;

namespace {

constexpr std::array<std::string_view, 20> all{
    "queue",          "order", "maxsize",  "max_attempts", "lease_ms", "backoff_ms",
    "backoff_cap_ms", "item",  "items",    "timeout_ms",   "max",      "detach",
    "lease",          "error", "delay_ms", "backoff",      "ids",      "dead",
    "max_running",    "rate"};

std::string complaint_about(std::string_view text, queue_op op = queue_op::lease) {
  auto request = queue_request_of(op);
  return read_members(request, text, all).value_or("");
}

std::uint64_t delay_of(const std::string& member) {
  auto request = queue_request_of(queue_op::put);
  CHECK_FALSE(read_items(request, R"({"body":1,)" + member + "}"));
  return request.items.at(0).delay_ms;
}

/// `run_at`, so far from now.
std::string run_at(std::chrono::milliseconds ahead) {
  const auto time = std::chrono::system_clock::now().time_since_epoch() + ahead;
  std::string text = R"("run_at":")";
  append_time(text, static_cast<std::uint64_t>(
                        std::chrono::duration_cast<std::chrono::milliseconds>(time).count()));
  return text + '"';
}

std::string complaint_about_items(std::string_view text) {
  auto request = queue_request_of(queue_op::put);
  return read_items(request, text).value_or("");
}

} // namespace

TEST_CASE("what a client does not say has its documented default") {
  const auto lease = queue_request_of(queue_op::lease);
  CHECK(lease.timeout_ms == 30'000);
  CHECK(lease.count == 1);
  CHECK(lease.lease_ms == 0);
  CHECK(queue_request_of(queue_op::dead).count == 100);
}

TEST_CASE("settings of a queue are read from their members") {
  auto request = queue_request_of(queue_op::define);
  CHECK_FALSE(read_members(request,
                           R"({"order":"priority","maxsize":4294967295,"max_attempts":1000,)"
                           R"( "lease_ms":1,"backoff_ms":0,"backoff_cap_ms":86400000})",
                           all));
  proto::queue_settings expected;
  expected.order = proto::queue_order::priority;
  expected.maxsize = 4'294'967'295;
  expected.max_attempts = 1'000;
  expected.lease_ms = 1;
  expected.backoff_ms = 0;
  expected.backoff_cap_ms = 86'400'000;
  CHECK(request.settings == expected);
  CHECK(request.lease_ms == 0);
}

TEST_CASE("limits of a queue are read from their members") {
  auto request = queue_request_of(queue_op::define);
  const auto rate = [&request](std::string_view text) {
    CHECK_FALSE(read_members(request, text, all));
    return std::pair{request.settings.rate_count, request.settings.rate_ms};
  };
  using is = std::pair<std::uint32_t, std::uint32_t>;
  CHECK(rate(R"({"max_running":4294967295,"rate":"100/s"})") == is{100, 1'000});
  CHECK(request.settings.max_running == 4'294'967'295);
  CHECK(rate(R"({"rate":"1/m"})") == is{1, 60'000});
  CHECK(rate(R"({"rate":"1000000/h"})") == is{1'000'000, 3'600'000});
  CHECK(rate(R"({"rate":""})") == is{0, 1'000});
  rate(R"({"rate":"9/h"})");
  CHECK(rate(R"({"rate":null})") == is{0, 1'000});
  for (const auto* wrong :
       {R"("0/s")", R"("1000001/s")", R"("1/d")", R"("/s")", R"("5")", R"("-1/s")", R"("1.5/s")",
        R"(" 1/s")", R"("1/s ")", "100", "true", "[]"}) {
    INFO(wrong);
    CHECK(complaint_about(R"({"rate":)" + std::string(wrong) + "}")
              .starts_with("rate: 1 to 1000000"));
  }
  CHECK(complaint_about(R"({"max_running":-1})").starts_with("max_running: an integer from 0"));
}

TEST_CASE("the members of the other requests are read") {
  auto request = queue_request_of(queue_op::lease);
  request.holder = 7;
  CHECK_FALSE(read_members(request,
                           R"({"queue":"a.b_c-9","timeout_ms":0,"max":1000,"lease_ms":86400000,)"
                           R"("lease":"xyz","error":"a\nb","delay_ms":5,"backoff":true,)"
                           R"("ids":["1","18446744073709551615"],"detach":false,"dead":true})",
                           all));
  CHECK(request.queue == "a.b_c-9");
  CHECK(request.timeout_ms == 0);
  CHECK(request.count == 1'000);
  CHECK(request.lease_ms == 86'400'000);
  CHECK(request.lease == "xyz");
  CHECK(request.error == "a\nb");
  CHECK(request.delay_ms == 5);
  CHECK(request.backoff);
  CHECK(request.ids == std::vector<std::uint64_t>{1, 18'446'744'073'709'551'615U});
  CHECK(request.dead);
  CHECK(request.holder == 7);
  CHECK_FALSE(read_members(request, R"({"detach":true})", all));
  CHECK(request.holder == 0);
}

TEST_CASE("a wrong member is named, with what is needed") {
  using pair = std::pair<std::string_view, std::string>;
  for (const auto& [text, why] : std::initializer_list<pair>{
           {R"([])", "an object is needed"},
           {R"({"maxsize":-1})", "maxsize: an integer from 0 to 4294967295 is needed"},
           {R"({"maxsize":4294967296})", "maxsize: an integer from 0 to 4294967295 is needed"},
           {R"({"maxsize":1.5})", "maxsize: an integer from 0 to 4294967295 is needed"},
           {R"({"maxsize":"1"})", "maxsize: an integer from 0 to 4294967295 is needed"},
           {R"({"order":"random"})", R"(order: "fifo", "lifo" or "priority" is needed)"},
           {R"({"lease_ms":0})", "lease_ms: an integer from 1 to 86400000 is needed"},
           {R"({"timeout_ms":86400001})", "timeout_ms: an integer from 0 to 86400000 is needed"},
           {R"({"max":0})", "max: an integer from 1 to 1000 is needed"},
           {R"({"max":1001})", "max: an integer from 1 to 1000 is needed"},
           {R"({"queue":1})", "queue: a string is needed"},
           {R"({"backoff":1})", "backoff: true or false is needed"},
           {R"({"dead":"yes"})", "dead: true or false is needed"},
           {R"({"detach":"yes"})", "detach: true or false is needed"},
           {R"({"error":null})", "error: a string is needed"}}) {
    INFO(text);
    CHECK(complaint_about(text) == why);
  }
  CHECK(complaint_about(R"({"timeout":1})").starts_with(R"(unknown field "timeout": )"));
  for (const auto* ids : {"[]", "[1]", R"([""])", R"(["0"])", R"(["-1"])", R"("1")", R"(["1",2])",
                          R"(["18446744073709551616"])"}) {
    INFO(ids);
    CHECK(complaint_about(R"({"ids":)" + std::string(ids) + "}").starts_with("ids: "));
  }
}

TEST_CASE("a job is named by its id; one that can be none gives the id of none") {
  constexpr std::string_view of_job[] = {"id", "wait_ms"};
  auto request = queue_request_of(queue_op::job_get);
  CHECK(request.timeout_ms == 0);
  const auto id = proto::make_job_id(1, 2, 3);
  CHECK_FALSE(read_members(request, R"({"id":")" + to_text(id) + R"(","wait_ms":5})", of_job));
  CHECK(request.jobs == std::vector{id});
  CHECK(request.timeout_ms == 5);
  CHECK_FALSE(read_members(request, R"({"id":"x"})", of_job));
  CHECK(request.jobs == std::vector{proto::job_id{}});
  CHECK(read_members(request, R"({"id":1})", of_job) == "id: a string is needed");
}

TEST_CASE("what begins or waits is work, what is looked at, finished or cancelled is none") {
  for (const auto op : {queue_op::put, queue_op::lease, queue_op::join, queue_op::revive})
    CHECK(begins_work(queue_request_of(op)));
  for (const auto op : {queue_op::stats, queue_op::ack, queue_op::nack, queue_op::dead,
                        queue_op::job_get, queue_op::job_list, queue_op::job_cancel})
    CHECK_FALSE(begins_work(queue_request_of(op)));
  auto wait = queue_request_of(queue_op::job_get);
  wait.timeout_ms = 1;
  CHECK(begins_work(wait));
}

TEST_CASE("only the members that a request has are taken") {
  constexpr std::string_view two[] = {"error", "backoff"};
  auto request = queue_request_of(queue_op::nack);
  CHECK(read_member(request, "ids", "[]", two) ==
        R"(unknown field "ids": "error", "backoff" are taken)");
  CHECK(read_member(request, "ids", "[]", {}) == R"(unknown field "ids": none is taken)");
}

TEST_CASE("a queue's name has 1 to 128 plain characters") {
  for (const auto& name : {std::string("a"), std::string("A-Z.09_"), std::string(128, 'x')})
    CHECK_FALSE(check_queue_name(name));
  for (const auto& name : {std::string(), std::string(129, 'x'), std::string("a/b"),
                           std::string("ä"), std::string("a b"), std::string("a\0b", 3)})
    CHECK(check_queue_name(name));
}

TEST_CASE("bodies of items stay as they were written") {
  auto request = queue_request_of(queue_op::put);
  CHECK_FALSE(
      read_items(request, R"( { "priority" : 9, "body" : {"b": 1e400, "a":[ 1 ,2], "b":0} } )"));
  REQUIRE(request.items.size() == 1);
  CHECK(request.items[0].body == R"({"b": 1e400, "a":[ 1 ,2], "b":0})");
  CHECK(request.items[0].priority == 9);
  const std::string digits(10'000, '7');
  CHECK_FALSE(read_items(request, R"([{"body":)" + digits + R"(},{"body":null},{"body":"ä"}])"));
  REQUIRE(request.items.size() == 3);
  CHECK(request.items[0].body == digits);
  CHECK(request.items[0].priority == 5);
  CHECK(request.items[1].body == "null");
  CHECK(request.items[2].body == R"("ä")");
}

TEST_CASE("an item can be put for later, by a time to wait or a time of day") {
  using namespace std::chrono_literals;
  constexpr std::uint64_t hour_ms = 3'600'000;
  CHECK(delay_of(R"("priority":5)") == 0);
  CHECK(delay_of(R"("delay_ms":0)") == 0);
  CHECK(delay_of(R"("delay_ms":31622400000)") == 366 * 24 * hour_ms);
  CHECK(delay_of(R"("run_at":"1999-12-31T23:59:59+01:00")") == 0);
  const auto delay = delay_of(run_at(1h));
  CHECK(delay <= hour_ms);
  CHECK(delay > hour_ms - 60'000);
  CHECK(delay_of(run_at(366 * 24h)) > 365 * 24 * hour_ms);
}

TEST_CASE("a delay that is none is refused") {
  using namespace std::chrono_literals;
  const auto complaint = [](const std::string& member) {
    return complaint_about_items(R"({"body":1,)" + member + "}");
  };
  for (const auto* value : {"-1", "31622400001", "0.5", "\"1\"", "null"}) {
    INFO(value);
    CHECK(complaint(R"("delay_ms":)" + std::string(value)) ==
          "delay_ms: an integer from 0 to 31622400000 is needed");
  }
  for (const auto* value : {"1700000000000", "null", "\"\"", "\"tomorrow\"", "\"2030-01-01\""}) {
    INFO(value);
    CHECK(complaint(R"("run_at":)" + std::string(value)) ==
          R"(run_at: an RFC 3339 time is needed, such as "2030-01-01T12:00:00Z")");
  }
  CHECK(complaint(run_at(367 * 24h)) == "run_at: at most 366 days from now are taken");
  CHECK(complaint(R"("delay_ms":0,)" + run_at(1h)) == "delay_ms: not together with run_at");
  CHECK(complaint(run_at(1h) + R"(,"delay_ms":0)") == "delay_ms: not together with run_at");
}

TEST_CASE("items that are none are refused, all of them") {
  CHECK(complaint_about_items("1") == R"(an item is an object with "body")");
  CHECK(complaint_about_items("") == R"(an item is an object with "body")");
  CHECK(complaint_about_items("{}") == "body: an item's JSON value is needed");
  CHECK(complaint_about_items("[]") == "at least one item is needed");
  CHECK(complaint_about_items(R"([{"body":1},2])") ==
        R"(item 1: an item is an object with "body")");
  CHECK(complaint_about_items(R"({"body":1,"priority":10})") ==
        "priority: an integer from 0 to 9 is needed");
  CHECK(complaint_about_items(R"({"body":1,"delay":3})") ==
        R"(unknown field "delay": "body", "priority", "delay_ms", "run_at" are taken)");
  std::string many = "[";
  for (int i = 0; i < 1'000; ++i)
    many += R"({"body":1},)";
  many.back() = ']';
  CHECK(complaint_about_items(many).empty());
  many.back() = ',';
  CHECK(complaint_about_items(many + R"({"body":1}])") == "at most 1000 items are taken at a time");
}

TEST_CASE("a long error is cut at the border of a character") {
  auto request = queue_request_of(queue_op::nack);
  std::string text = "x";
  for (int i = 0; i < 3'000; ++i)
    text += "ä";
  CHECK_FALSE(read_members(request, R"({"error":")" + text + "\"}", all));
  CHECK(request.error.size() == 4'095);
  CHECK(text.starts_with(request.error));
}
