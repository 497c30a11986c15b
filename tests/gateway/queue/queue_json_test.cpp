#include "gateway/queue/queue_json.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using namespace squall::gateway;
using nlohmann::json;
using proto::queue_op;

namespace {

proto::queue_answer answer_of(queue_op op) {
  proto::queue_answer answer;
  answer.op = op;
  return answer;
}

proto::queue_stats books(std::string name) {
  proto::queue_stats stats;
  stats.name = std::move(name);
  stats.settings.order = proto::queue_order::lifo;
  stats.settings.maxsize = 3;
  stats.ready = 1;
  stats.getters = 2;
  stats.total_put = 18'446'744'073'709'551'615U;
  stats.put_rate = 1.256;
  return stats;
}

} // namespace

TEST_CASE("leased items are told with their bodies as they are") {
  auto answer = answer_of(queue_op::lease);
  answer.items.push_back(
      {18'446'744'073'709'551'615U, "ab\"c", R"({"b":1,"a": 1e400})", 9, 2, 500});
  answer.items.push_back({2, "d", "null", 5, 1, 30'000});
  CHECK(queue_answer_json(answer) ==
        R"({"items":[{"id":"18446744073709551615","lease":"ab\"c","body":{"b":1,"a": 1e400},)"
        R"("priority":9,"attempt":2,"lease_ms":500},)"
        R"({"id":"2","lease":"d","body":null,"priority":5,"attempt":1,"lease_ms":30000}]})");
}

TEST_CASE("a leased job is told with its id and kind") {
  auto answer = answer_of(queue_op::lease);
  auto& item = answer.items.emplace_back();
  item.id = 7;
  item.lease = "l";
  item.body = "{}";
  item.job = *proto::job_id_of("018bcfe5-6807-7000-8000-000000000007");
  item.kind = "prime";
  CHECK(queue_answer_json(answer) ==
        R"({"items":[{"id":"7","lease":"l","body":{},"priority":5,"attempt":1,"lease_ms":0,)"
        R"("job":"018bcfe5-6807-7000-8000-000000000007","kind":"prime"}]})");
}

TEST_CASE(
    "there is nothing to tell when nothing was leased, or when it is enough that it was done") {
  for (const auto op :
       {queue_op::lease, queue_op::ack, queue_op::nack, queue_op::join, queue_op::remove})
    CHECK(queue_answer_json(answer_of(op)).empty());
}

TEST_CASE("ids are strings in the order of the items") {
  auto answer = answer_of(queue_op::put);
  answer.ids = {3, 1};
  CHECK(queue_answer_json(answer) == R"({"ids":["3","1"]})");
  CHECK(queue_answer_json(answer_of(queue_op::revive)) == R"({"ids":[]})");
}

TEST_CASE("an extension tells the time that was given") {
  auto answer = answer_of(queue_op::extend);
  answer.lease_ms = 1'500;
  CHECK(queue_answer_json(answer) == R"({"lease_ms":1500})");
}

TEST_CASE("a queue's books have every figure") {
  auto answer = answer_of(queue_op::stats);
  answer.stats = {books("q.1")};
  const auto text = queue_answer_json(answer);
  CHECK(text.find(R"("total_put":18446744073709551615)") != std::string::npos);
  const auto shown = json::parse(text);
  CHECK(shown["name"] == "q.1");
  CHECK(shown["order"] == "lifo");
  CHECK(shown["put_rate"] == 1.26);
  CHECK(shown["paused"] == false);
  CHECK(shown["max_running"] == 0);
  CHECK(shown["rate"].get<std::string>().empty());
  for (const auto* name :
       {"maxsize",      "max_attempts",  "lease_ms",  "backoff_ms",   "backoff_cap_ms",
        "ready",        "delayed",       "leased",    "dead",         "done",
        "cancelled",    "unfinished",    "getters",   "putters",      "joiners",
        "oldest_ms",    "bytes",         "total_put", "total_leased", "total_acked",
        "total_nacked", "total_expired", "put_rate",  "ack_rate"})
    CHECK(shown.contains(name));
  CHECK(shown.size() == 29);
}

TEST_CASE("a queue that was paused or resumed is told with its books, and how much was purged") {
  auto answer = answer_of(queue_op::pause);
  answer.stats = {books("q")};
  answer.stats[0].settings.paused = true;
  answer.stats[0].settings.max_running = 4;
  answer.stats[0].settings.rate_count = 5;
  answer.stats[0].settings.rate_ms = 60'000;
  CHECK(queue_answer_json(answer).find(
            R"("backoff_cap_ms":60000,"max_running":4,"rate":"5/m","paused":true,"ready":1)") !=
        std::string::npos);
  answer.op = queue_op::resume;
  CHECK(json::parse(queue_answer_json(answer))["name"] == "q");
  auto purged = answer_of(queue_op::purge);
  CHECK(queue_answer_json(purged) == R"({"purged":0})");
  purged.purged = 18'446'744'073'709'551'615U;
  CHECK(queue_answer_json(purged) == R"({"purged":18446744073709551615})");
}

TEST_CASE("the list has the books of every queue") {
  auto answer = answer_of(queue_op::stats);
  CHECK(queue_list_json(answer) == R"({"queues":[]})");
  answer.stats = {books("a"), books("b")};
  const auto shown = json::parse(queue_list_json(answer));
  REQUIRE(shown["queues"].size() == 2);
  CHECK(shown["queues"][1]["name"] == "b");
}

TEST_CASE("dead items are told with every attempt's time and error") {
  auto answer = answer_of(queue_op::dead);
  CHECK(queue_answer_json(answer) == R"({"items":[]})");
  answer.dead.push_back({4, "[1]", 5, {{1, 1'700'000'000'007, "no\xff"}, {2, 0, "", "w"}}});
  CHECK(queue_answer_json(answer) ==
        R"({"items":[{"id":"4","body":[1],"priority":5,"attempts":[)"
        R"({"attempt":1,"at":"2023-11-14T22:13:20.007Z","error":"no)"
        "\xef\xbf\xbd"
        R"("},{"attempt":2,"at":"1970-01-01T00:00:00.000Z","error":"","worker":"w"}]}]})");
}
