#include "gateway/rpc/session.hpp"

#include "tests/gateway/rpc/watch_scene.hpp"

using namespace squall;
using namespace squall::tests;
using gateway::rpc::subscriptions;
using proto::errc;

TEST_CASE("a connection is told of all that it submits, and of what it had submitted") {
  rpc_rig rig;
  submit(rig, 1);
  submit(rig, 2);
  submit(rig, 1); // found by a key
  CHECK(rig.queues.open.empty());
  rig.ask(call(2, "jobs.subscribe", mine));
  CHECK(rig.queues.oldest().jobs == std::vector{job_of(1), job_of(2)});
  auto both = job(1, item_state::leased, 2);
  both.jobs.push_back(job(2, item_state::done, 3).jobs[0]);
  rig.queues.answer(both);
  const auto list = sent(rig)["result"]["jobs"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["state"] == "leased");
  CHECK_FALSE(list[0].contains("params"));
  REQUIRE(rig.queues.open.size() == 1);
  CHECK(rig.queues.oldest().seen == 2);
  rig.queues.answer(job(1, item_state::done, 3));
  CHECK(told(rig) == "done");

  submit(rig, 3);
  REQUIRE(rig.queues.open.size() == 1);
  rig.queues.answer(job(3, item_state::leased, 2));
  CHECK(told(rig) == "leased");
  subscribe(rig, 4);
  CHECK(rig.ask_json(call(3, "jobs.unsubscribe", mine))["result"] == true);
  CHECK(rig.queues.open.size() == 1);
  submit(rig, 5);
  CHECK(rig.queues.open.size() == 1);
  rig.session.reset();
  CHECK(rig.queues.open.empty());
}

TEST_CASE("a connection that has submitted nothing is told so") {
  rpc_rig rig;
  CHECK(rig.ask_json(call(1, "jobs.subscribe", mine))["result"] == json{{"jobs", json::array()}});
  rig.ask(call(2, "jobs.submit", R"({"kind":"k","wait_ms":9})"));
  rig.queues.answer(job(1, item_state::ready, 1));
  CHECK(rig.port.take().empty());
  CHECK(rig.queues.open.size() == 2); // for its end, and for its next change
}

TEST_CASE("jobs that are forgotten are left out of those that were submitted") {
  rpc_rig rig;
  for (std::uint64_t item = 1; item <= 20; ++item)
    submit(rig, item);
  rig.ask(call(2, "jobs.subscribe", mine));
  CHECK(rig.queues.oldest().jobs.size() == 16);
  rig.queues.answer(errc::not_found, "one of them");
  for (std::uint64_t item = 1; item <= 16; ++item) {
    REQUIRE(rig.queues.oldest().jobs == std::vector{job_of(item)});
    if (item == 7)
      rig.queues.answer(errc::not_found, "this one");
    else
      rig.queues.answer(job(item, item_state::done, 3));
  }
  CHECK(rig.queues.oldest().jobs.size() == 4);
  rig.queues.answer(errc::not_found, "one of them");
  for (std::uint64_t item = 17; item <= 20; ++item)
    rig.queues.answer(job(item, item_state::done, 3));
  CHECK(sent(rig)["result"]["jobs"].size() == 19);
  CHECK(rig.queues.open.empty());
}

TEST_CASE("a subscription to all that fails or is taken back is none") {
  rpc_rig rig;
  submit(rig, 1);
  rig.ask(call(2, "jobs.subscribe", mine));
  rig.queues.answer(errc::unavailable, "no disk");
  CHECK(code_of(sent(rig)) == -32004);
  submit(rig, 2);
  CHECK(rig.queues.open.empty());
  rig.ask(call(2, "jobs.subscribe", mine));
  CHECK(code_of(json::parse(rig.ask(call(3, "cancel", R"({"id":2})")).at(0))) == -32003);
  submit(rig, 3);
  CHECK(rig.queues.open.empty());
}

TEST_CASE("the subscriptions of a connection have a bound") {
  rpc_rig rig;
  rig.ask(call(1, "jobs.subscribe", mine));
  std::string many = R"({"jobs":[{"kind":"k"})";
  for (int i = 1; i < 1'000; ++i)
    many += R"(,{"kind":"k"})";
  many += "]}";
  std::uint64_t item = 0;
  while (item + 1'000 <= subscriptions::most) {
    rig.ask(call(1, "jobs.submit", many));
    REQUIRE(rig.queues.open.size() == item + 1);
    proto::queue_answer answer;
    for (int i = 0; i < 1'000; ++i)
      answer.jobs.push_back(job(++item, item_state::ready, 1).jobs[0]);
    answer_newest(rig, std::move(answer));
  }
  rig.port.take();
  CHECK(code_of(rig.ask_json(call(2, "jobs.submit", many))) == -32000);
  for (; item < subscriptions::most; ++item)
    CHECK(rig.ask(call(3, "jobs.subscribe", about(item + 1))).empty());
  CHECK(code_of(rig.ask_json(call(4, "jobs.subscribe", about(item + 1)))) == -32000);
  CHECK(code_of(rig.ask_json(call(4, "jobs.submit", one_job))) == -32000);
}
