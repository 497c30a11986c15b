#include "gateway/rpc/subscriptions.hpp"

#include "tests/gateway/rpc/watch_scene.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;

TEST_CASE("who subscribes to a job is told how it is, then each change up to its end") {
  rpc_rig rig;
  CHECK(rig.ask(call(1, "jobs.subscribe", about(7))).empty());
  CHECK(rig.queues.oldest().op == proto::queue_op::job_get);
  CHECK(rig.queues.oldest().timeout_ms == 0);
  rig.queues.answer(job(7, item_state::delayed, 2));
  CHECK(sent(rig)["result"]["state"] == "scheduled");
  CHECK(rig.session->open() == 0);
  const auto wait = rig.queues.oldest();
  CHECK(wait.jobs == std::vector{job_of(7)});
  CHECK(wait.seen == 2);
  CHECK(wait.timeout_ms > 0);
  rig.queues.answer(job(7, item_state::leased, 4));
  CHECK(told(rig) == "leased");
  CHECK(rig.queues.oldest().seen == 4);
  rig.queues.answer(job(7, item_state::leased, 4)); // the wait's time was over
  CHECK(rig.port.take().empty());
  rig.queues.answer(job(7, item_state::done, 5));
  CHECK(told(rig) == "done");
  CHECK(rig.queues.open.empty());
}

TEST_CASE("nothing comes of a job that is ended, not there, or not wanted any more") {
  rpc_rig rig;
  rig.ask(call(1, "jobs.subscribe", about(7)));
  rig.queues.answer(job(7, item_state::dead, 2));
  CHECK(sent(rig)["result"]["state"] == "dead");
  CHECK(rig.queues.open.empty());
  rig.ask(call(2, "jobs.subscribe", about(8)));
  rig.queues.answer(errc::not_found, "no such job");
  CHECK(code_of(sent(rig)) == -32011);
  CHECK(rig.queues.open.empty());

  subscribe(rig, 9);
  CHECK(rig.ask_json(call(3, "jobs.unsubscribe", about(9)))["result"] == true);
  CHECK(rig.queues.taken_back.size() == 1);
  CHECK(rig.ask_json(call(3, "jobs.unsubscribe", about(9)))["result"] == true);

  rig.ask(call(4, "jobs.subscribe", about(9)));
  CHECK(rig.ask_json(call(5, "jobs.unsubscribe", about(9)))["result"] == true);
  rig.queues.answer(job(9, item_state::ready, 1));
  CHECK(rig.queues.open.empty());

  subscribe(rig, 9);
  rig.queues.answer(errc::not_found, "it was purged");
  CHECK(rig.queues.open.size() == 0);
}

TEST_CASE("subscriptions are refused by name when they make no sense") {
  rpc_rig rig;
  for (const auto* params : {"{}", R"({"mine":false})", R"({"mine":1})", R"({"job":"x"})", "[]"}) {
    CHECK(code_of(rig.ask_json(call(1, "jobs.subscribe", params))) == -32602);
    CHECK(code_of(rig.ask_json(call(1, "jobs.unsubscribe", params))) == -32602);
  }
  CHECK(code_of(rig.ask_json(call(1, "jobs.subscribe", R"({"id":"x"})"))) == -32011);
  const auto both = R"({"mine":true,"id":")" + to_text(job_of(1)) + R"("})";
  CHECK(code_of(rig.ask_json(call(1, "jobs.subscribe", both))) == -32602);
  rig.session->on_drain();
  CHECK(code_of(rig.ask_json(call(1, "jobs.subscribe", about(1)))) == -32004);
  CHECK(code_of(rig.ask_json(call(1, "jobs.subscribe", mine))) == -32004);
  CHECK(rig.queues.open.empty());
}

TEST_CASE("a second subscription to a job tells no change twice") {
  rpc_rig rig;
  subscribe(rig, 7);
  rig.ask(call(2, "jobs.subscribe", about(7)));
  REQUIRE(rig.queues.open.size() == 2);
  rig.queues.answer(job(7, item_state::leased, 2)); // the watch
  CHECK(told(rig) == "leased");
  rig.queues.answer(job(7, item_state::leased, 2));
  CHECK(sent(rig)["id"] == 2);
  CHECK(rig.queues.open.size() == 1);
}

TEST_CASE("in a batch, what was answered is told before what is newer") {
  rpc_rig rig;
  subscribe(rig, 7);
  rig.ask("[" + call(2, "jobs.subscribe", about(7)) + "," + call(3, "jobs.subscribe", about(8)) +
          "," + call(4, "prime", "{}") + "]");
  REQUIRE(rig.queues.open.size() == 3);
  const auto watch = rig.queues.open.begin()->first;
  auto first = rig.queues.open.extract(watch);
  rig.queues.answer(job(7, item_state::ready, 1));
  rig.queues.answer(job(8, item_state::ready, 1));
  CHECK(rig.queues.open.empty()); // job 8 is not watched before its answer is sent
  auto& [request, sink, tag] = first.mapped();
  sink->on_queue_answer(tag, job(7, item_state::leased, 2));
  CHECK(told(rig) == "leased");
  rig.answer("{}");
  CHECK(sent(rig).size() == 3);
  // The batch has told the older state of job 7: the newer one comes again.
  REQUIRE(rig.queues.open.size() == 2);
  CHECK(rig.queues.oldest().jobs == std::vector{job_of(7)});
  CHECK(rig.queues.oldest().seen == 1);
  CHECK(rig.queues.taken_back.size() == 1);
}

TEST_CASE("a client that does not read is told the newest when it does") {
  rpc_rig rig;
  for (std::uint64_t item = 1; item <= 40; ++item)
    subscribe(rig, item);
  rig.port.room = false;
  for (std::uint64_t item = 1; item <= 40; ++item)
    rig.queues.answer(job(item, item_state::leased, 2));
  CHECK(rig.port.take().empty());
  CHECK(rig.queues.open.empty());
  rig.session->on_sent();
  CHECK(rig.queues.open.empty());
  rig.port.room = true;
  rig.session->on_sent();
  CHECK(rig.queues.open.size() == 16);
  CHECK(rig.queues.oldest().seen == 1);
  rig.queues.answer(job(1, item_state::done, 9));
  CHECK(told(rig) == "done");
  CHECK(rig.queues.open.size() == 16);
  rig.ask(call(1, "jobs.unsubscribe", about(2)));
  rig.ask(call(1, "jobs.unsubscribe", about(40)));
  for (std::uint64_t item = 3; item <= 39; ++item) {
    REQUIRE_FALSE(rig.queues.open.empty());
    rig.queues.answer(job(item, item_state::done, 3));
  }
  CHECK(rig.port.take().size() == 37);
  CHECK(rig.queues.open.empty());
}

TEST_CASE("a store that fails ends no subscription") {
  rpc_rig rig;
  subscribe(rig, 1);
  subscribe(rig, 2);
  rig.queues.answer(errc::unavailable, "no disk");
  rig.session->on_sent();
  CHECK(rig.queues.open.size() == 1); // not again at once
  CHECK(rig.ask_json(call(3, "jobs.unsubscribe", about(1)))["result"] == true);
  CHECK(rig.queues.open.size() == 1);
}

TEST_CASE("while the gateway drains, changes are told, but nothing is asked again and again") {
  rpc_rig rig;
  subscribe(rig, 1);
  rig.session->on_drain();
  rig.queues.answer(job(1, item_state::leased, 2));
  CHECK(told(rig) == "leased");
  rig.queues.answer(job(1, item_state::leased, 2));
  CHECK(rig.queues.open.empty());
}
