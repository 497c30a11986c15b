// Turns of a broker: several batches, one transaction.
#include "tests/actors/queue/fragile_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;

TEST_CASE("batches of many askers in one turn are one transaction") {
  fragile_rig f;
  const auto before = f.store->commits;
  for (std::uint64_t asker = 1; asker <= 64; ++asker)
    f.part_put("1", asker);
  CHECK(f.store->commits == before);
  CHECK(f.r.answers.size() == 1);
  f.r.gather();
  CHECK(f.store->commits == before + 1);
  CHECK(f.r.core.commits() == f.store->commits);
  CHECK(f.r.answers.size() == 65);
  CHECK(f.r.stats("q").ready == 64);
}

TEST_CASE("a turn that does not use the store is no transaction") {
  fragile_rig f;
  const auto waits = f.r.lease("q", 1'000);
  const auto before = f.store->commits;
  f.r.cancel(waits);
  f.r.cancel(waits);
  CHECK(f.store->commits <= before + 1); // who stood behind it might have been next
  f.r.gather();
  CHECK(f.store->commits <= before + 1);
}

TEST_CASE("an asker that is lost in the turn is not answered, and what it leased in it goes back") {
  fragile_rig f;
  auto& r = f.r;
  const auto put = f.part_put("1", 2);
  const auto lease = f.part_lease(0, 2);
  CHECK(r.core.lose(2, r.now) == 1);
  r.gather();
  CHECK_FALSE(r.code(put));
  CHECK_FALSE(r.code(lease));
  CHECK(r.core.leases().leases() == 0);
  CHECK(r.take("q").attempt == 2);
}

TEST_CASE("leases of an earlier process run out, and may be acked by who has them") {
  auto when = std::make_shared<fragility>();
  broker_rig r{std::make_unique<fragile_store>(when)};
  r.define("q");
  r.put("q", {"1", "2"});
  const auto acked = r.take("q");
  r.take("q");
  actors::broker_core next{*r.store, 1 << 20};
  CHECK(next.next().has_value());
  CHECK(*next.next() <= r.now);
  next.tick(r.now);
  next.take(r.now);
  CHECK(next.next() == r.now + 30'000);
  proto::queue_batch batch;
  batch.requests = {request_of(queue_op::ack, ""), request_of(queue_op::lease, "q")};
  batch.requests[0].id = 1;
  batch.requests[0].lease = acked.lease;
  batch.requests[1].id = 2;
  batch.requests[1].timeout_ms = 60'000;
  next.handle(1, batch, r.now);
  const auto now = next.take(r.now);
  REQUIRE(now.at(1).answers.size() == 1);
  CHECK(now.at(1).answers[0].code == errc::none);
  next.tick(r.now + 30'000);
  const auto later = next.take(r.now + 30'000);
  REQUIRE(later.at(1).answers.size() == 1);
  CHECK(later.at(1).answers[0].items.at(0).body == "2");
  CHECK(later.at(1).answers[0].items.at(0).attempt == 2);
}
