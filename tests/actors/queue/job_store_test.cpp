// In every store: what becomes of jobs. Their keys, lists and places in queues: job_keys_test.cpp,
// job_list_test.cpp, job_queue_test.cpp.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;
using proto::item_state;
using strings = std::vector<std::string>;
using ids = std::vector<proto::job_id>;

namespace {

proto::job_options prime() {
  proto::job_options out;
  out.kind = "prime";
  return out;
}

} // namespace

TEST_CASE("a job that is put is told of as it is, and found by its id alone") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.max_attempts = 3;
  const auto put = s.put_job(options);
  CHECK(proto::time_of(put.id) == s.now);
  CHECK_FALSE(put.existed);
  CHECK(put.queue == "q");
  CHECK(put.kind == "prime");
  CHECK(put.state == item_state::ready);
  CHECK(put.max_attempts == 3);
  CHECK(put.created_ms == s.now);
  CHECK(put.due_ms == 0);
  CHECK(put.params.empty());
  auto whole = put;
  whole.params = R"({"n":1})";
  CHECK(s.job(put.id) == whole);
  CHECK_FALSE(s.job({put.id.high ^ 1, put.id.low}));
  CHECK_FALSE(s.job({put.id.high, put.id.low + 1}));
  CHECK(s.put_job(prime()).max_attempts == 5); // the queue's
}

TEST_CASE("a job that is acked is done, and kept with its result for its time") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.result_ttl_ms = 1'000;
  options.timeout_ms = 77;
  const auto put = s.put_job(options);
  s.now += 10;
  const auto leased = s.lease(1).at(0);
  CHECK(leased.job == put.id);
  CHECK(leased.kind == "prime");
  CHECK(leased.timeout_ms == 77);
  CHECK(s.job(put.id)->state == item_state::leased);
  CHECK(s.job(put.id)->due_ms == s.now + 30'000);
  CHECK(s.job(put.id)->started_ms == s.now);
  s.now += 10;
  const auto done = s.ack(leased.lease, "true");
  REQUIRE(done);
  CHECK(done->job == put.id);
  CHECK(done->state == item_state::done);
  CHECK(done->next == s.now + 1'000);
  const auto seen = s.job(put.id).value();
  CHECK(seen.state == item_state::done);
  CHECK(seen.result == "true");
  CHECK(seen.params == R"({"n":1})");
  CHECK(seen.worker == "w1");
  CHECK(seen.attempt == 1);
  CHECK(seen.started_ms == s.now - 10);
  CHECK(seen.ended_ms == s.now);
  CHECK(seen.due_ms == s.now + 1'000);
  CHECK_FALSE(s.ack(leased.lease, "false"));
  auto stats = s.stats();
  CHECK(stats.done == 1);
  CHECK(stats.unfinished == 0);
  CHECK(stats.total_acked == 1);
  CHECK(stats.bytes == 11);
  s.now += 999;
  CHECK(s.items->expire(s.now).ended.empty());
  s.now += 1;
  const auto expired = s.items->expire(s.now);
  CHECK(expired.ended == ids{put.id});
  CHECK(expired.queues.empty());
  CHECK_FALSE(expired.next);
  CHECK_FALSE(s.job(put.id));
  stats = s.stats();
  CHECK(stats.done == 0);
  CHECK(stats.bytes == 0);
}

TEST_CASE("a job whose result is not kept is seen until the next turn of the clock") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.result_ttl_ms = 0;
  const auto put = s.put_job(options);
  CHECK(s.ack(s.lease(1).at(0).lease, "1")->next == s.now);
  CHECK(s.job(put.id)->result == "1");
  CHECK(s.items->expire(s.now).ended == ids{put.id});
}

TEST_CASE("a job that fails is tried as often as it says, and keeps who tried") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.max_attempts = 2;
  const auto put = s.put_job(options);
  CHECK(s.nack(s.lease(1).at(0).lease)->state == item_state::ready);
  CHECK(s.job(put.id)->worker == "w2");
  const auto leased = s.lease(1).at(0);
  CHECK(leased.attempt == 2);
  CHECK(s.job(put.id)->worker.empty());
  const auto dead = s.nack(leased.lease);
  CHECK(dead->state == item_state::dead);
  CHECK_FALSE(dead->next);
  const auto seen = s.job(put.id).value();
  const std::vector<proto::failed_attempt> attempts{{1, s.now, "no", "w2"}, {2, s.now, "no", "w2"}};
  CHECK(seen.attempts == attempts);
  CHECK(seen.ended_ms == s.now);
  CHECK(seen.due_ms == 0);
  CHECK(s.dead().at(0).attempts == attempts);
  CHECK_FALSE(s.items->expire(s.now + 1'000'000'000).next);
}

TEST_CASE("a job and an item without hope are dead at once") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put_job(prime());
  s.put({"plain"});
  for (const auto& each : s.lease(2))
    CHECK(s.nack(each.lease, true));
  CHECK(s.stats().dead == 2);
}

TEST_CASE("a dead job that is revived begins anew") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.ttl_ms = 100;
  const auto put = s.put_job(options);
  const auto leased = s.lease(1).at(0);
  s.nack(leased.lease, true);
  s.now += 1'000;
  CHECK(s.revive({leased.id}).size() == 1);
  CHECK_FALSE(s.items->expire(s.now).next); // it waits on
  auto expected = put;
  expected.params = R"({"n":1})";
  expected.changes = 4; // leased, dead, ready again
  CHECK(s.job(put.id) == expected);
  CHECK(s.ack(s.lease(1).at(0).lease, "1"));
}

TEST_CASE("a job that is released was not begun") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.ttl_ms = 100;
  const auto put = s.put_job(options);
  const auto released = s.use(settling::release, s.lease(1).at(0).lease);
  CHECK(released->state == item_state::ready);
  CHECK(released->next == s.now + 100);
  CHECK(s.job(put.id)->started_ms == 0);
  CHECK(s.items->expire(s.now + 100).ended == ids{put.id});
}

TEST_CASE("a lease of a job that runs out is a failed attempt, and the last one its death") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.max_attempts = 2;
  const auto put = s.put_job(options);
  s.lease(1, 10);
  s.now += 10;
  CHECK(s.items->expire(s.now).ended.empty());
  s.lease(1, 10);
  s.now += 10;
  const auto last = s.items->expire(s.now);
  CHECK(last.leases.size() == 1);
  CHECK(last.ended == ids{put.id});
  CHECK(last.queues == strings{"q"});
  CHECK(s.job(put.id)->state == item_state::dead);
}

TEST_CASE("a job that is not begun within its time to live is dead") {
  const auto kind = GENERATE(from_range(every_store));
  const std::uint64_t delay_ms = GENERATE(0U, 50U, 5'000U);
  shelf s{kind};
  auto options = prime();
  options.ttl_ms = 100;
  const auto put = s.put_job(options, delay_ms);
  CHECK(put.state == (delay_ms > 0 ? item_state::delayed : item_state::ready));
  s.now += 99;
  CHECK(s.items->expire(s.now).ended.empty());
  s.now += 1;
  const auto expired = s.items->expire(s.now);
  CHECK(expired.ended == ids{put.id});
  CHECK(expired.queues == strings{"q"});
  CHECK_FALSE(expired.next);
  const auto seen = s.job(put.id).value();
  CHECK(seen.state == item_state::dead);
  CHECK(seen.attempts.at(0).error == "it was not begun within its time to live");
  CHECK(s.lease(1).empty());
}

TEST_CASE("a job that was begun once may take longer than its time to live") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.ttl_ms = 100;
  const auto put = s.put_job(options);
  const auto leased = s.lease(1).at(0);
  s.now += 200;
  CHECK(s.items->expire(s.now).ended.empty());
  s.nack(leased.lease);
  CHECK(s.items->expire(s.now).ended.empty());
  CHECK(s.job(put.id)->state == item_state::ready);
}

TEST_CASE("a job is cancelled in every state in which it is not ended") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.result_ttl_ms = 1'000;
  const auto ready = s.put_job(options);
  const auto delayed = s.put_job(options, 500);
  const auto leased_one = s.lease(1).at(0);
  REQUIRE(leased_one.job == ready.id);
  const auto second = s.put_job(options);
  const auto void_lease = s.cancel(ready.id);
  CHECK(void_lease->revoked == leased_one.lease);
  CHECK(void_lease->queue == "q");
  CHECK(void_lease->state == item_state::cancelled);
  CHECK(void_lease->next == s.now + 1'000);
  CHECK_FALSE(s.ack(leased_one.lease, "late"));
  for (const auto& each : {delayed.id, second.id})
    CHECK(s.cancel(each)->revoked.empty());
  CHECK(s.lease(1).empty());
  CHECK(s.stats().cancelled == 3);
  CHECK(s.stats().unfinished == 0);
  CHECK(s.job(second.id)->ended_ms == s.now);
  CHECK(s.job(second.id)->due_ms == s.now + 1'000);
  CHECK_FALSE(s.cancel(second.id));
  CHECK_FALSE(s.cancel({second.id.high ^ 1, second.id.low}));
  s.now += 1'000;
  CHECK(s.items->expire(s.now).ended.size() == 3);
  CHECK_FALSE(s.job(second.id));
}

TEST_CASE("a job that is done or dead is not cancelled") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const auto done = s.put_job(prime());
  s.ack(s.lease(1).at(0).lease, "1");
  const auto dead = s.put_job(prime());
  s.nack(s.lease(1).at(0).lease, true);
  CHECK_FALSE(s.cancel(done.id));
  CHECK_FALSE(s.cancel(dead.id));
}
