// Turns of a broker: several batches, one transaction, which the store may lose.
#include "tests/actors/queue/broker_rig.hpp"
#include "tests/actors/queue/fragile_store.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

namespace {

/// A broker over a store that can fail, with a queue "q".
struct fragile_rig {
  fragile_rig() { r.define("q"); }

  std::shared_ptr<fragility> store = std::make_shared<fragility>();
  broker_rig r{std::make_unique<fragile_store>(store)};

  /// As `broker_rig::ask`, in a turn that goes on.
  std::uint64_t part(proto::queue_request request, std::uint64_t asker = 1) {
    proto::queue_batch batch;
    request.id = ++r.last;
    batch.requests.push_back(std::move(request));
    r.core.handle(asker, batch, r.now);
    return r.last;
  }
  std::uint64_t part_put(const std::string& body, std::uint64_t asker = 1) {
    auto put = request_of(queue_op::put, "q");
    put.items = items_of({body});
    return part(put, asker);
  }
  std::uint64_t part_use(queue_op op, const std::string& lease, std::uint64_t asker = 1) {
    auto use = request_of(op, "");
    use.lease = lease;
    return part(use, asker);
  }
  std::uint64_t part_lease(std::uint32_t timeout_ms, std::uint64_t asker = 1,
                           std::uint64_t holder = 0) {
    auto lease = request_of(queue_op::lease, "q");
    lease.timeout_ms = timeout_ms;
    lease.holder = holder;
    return part(lease, asker);
  }
  void failed(std::uint64_t request) {
    CAPTURE(request);
    CHECK(r.code(request) == errc::unavailable);
    CHECK(r.answers.at(request).message == "the disk is full");
  }
};

constexpr auto full = "the disk is full";

} // namespace

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

TEST_CASE("when a commit fails, nothing of the turn has happened, and all of it are told so") {
  fragile_rig f;
  auto& r = f.r;
  r.put("q", {"1", "2"});
  const auto held = r.take("q", 2);
  f.store->full = full;
  const std::vector<std::uint64_t> asked{f.part_put("3"),
                                         f.part_put("4", 3),
                                         f.part_lease(0),
                                         f.part_lease(60'000, 3),
                                         f.part_lease(60'000, 3),
                                         f.part_use(queue_op::ack, held.lease, 2),
                                         f.part(request_of(queue_op::define, "other")),
                                         f.part(request_of(queue_op::stats, "q"))};
  CHECK(r.core.trouble().empty());
  r.gather();
  for (const auto each : asked)
    f.failed(each);
  CHECK(r.core.trouble() == full);
  CHECK(r.core.leases().leases() == 1);
  f.store->full.clear();
  CHECK(r.stats("q").ready == 1);
  CHECK(r.stats("q").getters == 0);
  CHECK(r.core.trouble().empty());
  CHECK(r.code(r.put("other", {"1"})) == errc::not_found);
  CHECK(r.bodies(r.lease("q", 0, 9)) == strings{"2"});
  CHECK(r.ack(held.lease) == errc::none);
  CHECK(r.answers.at(r.ask(request_of(queue_op::stats, ""))).events ==
        proto::queue_events{2, 2, 1, 0, 0});
}

TEST_CASE("when an operation fails, what was done before it in the turn has not happened either") {
  fragile_rig f;
  auto& r = f.r;
  r.put("q", {"1"});
  const auto done = f.part_put("2");
  const auto taken = f.part_lease(0);
  f.store->broken = full;
  const std::vector<std::uint64_t> asked{done,
                                         taken,
                                         f.part_put("3"),
                                         f.part(request_of(queue_op::stats, "")),
                                         f.part_lease(1'000),
                                         f.part(request_of(queue_op::join, "q")),
                                         f.part(request_of(queue_op::put, "q"))};
  f.store->broken.clear(); // too late for this turn
  const auto late = f.part_put("4");
  r.gather();
  for (const auto each : asked)
    f.failed(each);
  f.failed(late);
  CHECK(r.order.size() == 2 + asked.size() + 1);
  CHECK(r.core.leases().leases() == 0);
  CHECK(r.bodies(r.lease("q", 0, 9)) == strings{"1"});
  CHECK(r.core.trouble().empty());
}

TEST_CASE("who waited before the store failed goes on waiting, at its place") {
  fragile_rig f;
  auto& r = f.r;
  const auto first = r.lease("q", 60'000);
  const auto second = r.lease("q", 60'000, 1, 2);
  const auto third = r.lease("q", 60'000);
  const auto cancelled = r.lease("q", 60'000, 1, 3);
  r.ask(request_of(queue_op::define, "other"));
  r.put("other", {"1"});
  const auto held = r.take("other");
  const auto join = r.join("other", 60'000);
  f.store->full = full;
  f.failed(r.put("q", {"1", "2"})); // would have served the first two
  f.failed(r.ask(request_of(queue_op::remove, "q")));
  CHECK(r.ack(held.lease) == errc::unavailable); // would have ended the join
  f.part_put("1");
  f.part_put("1");
  f.part_put("1");
  f.part_put("1");
  proto::queue_batch batch;
  batch.cancelled = {cancelled};
  r.send(batch, 3);
  for (const auto each : {first, second, third, cancelled, join})
    CHECK_FALSE(r.code(each));
  CHECK(r.core.leases().leases() == 1);
  f.store->full.clear();
  CHECK(r.ack(held.lease) == errc::none);
  CHECK(r.code(join) == errc::none);
  r.put("q", {"1", "2", "3", "4"});
  CHECK(r.bodies(first) == strings{"1"});
  CHECK(r.bodies(second) == strings{"2"});
  CHECK(r.bodies(third) == strings{"3"});
  CHECK(r.take("q").body == "4");
}

TEST_CASE("a put that waited for room is told when the turn that took it is lost") {
  fragile_rig f;
  auto& r = f.r;
  r.define("q", holding(1));
  r.put("q", {"1"});
  const auto taken = r.put("q", {"2"}, 60'000, 2);
  const auto waits = r.put("q", {"3"}, 60'000, 3);
  f.store->full = full;
  f.failed(r.lease("q"));
  f.failed(taken);
  CHECK_FALSE(r.code(waits));
  f.store->full.clear();
  r.pass(1'000);
  CHECK(r.bodies(r.lease("q")) == strings{"1"});
  CHECK(r.code(waits) == errc::none);
  CHECK(r.take("q").body == "3");
}

TEST_CASE("waiting ends in its time while the store fails") {
  fragile_rig f;
  auto& r = f.r;
  r.put("q", {"1"});
  r.take("q");
  const auto lease = r.lease("q", 5'000);
  const auto join = r.join("q", 5'000);
  f.store->full = f.store->broken = full;
  r.pass(4'999);
  CHECK_FALSE(r.code(lease));
  CHECK_FALSE(r.code(join));
  CHECK(r.core.trouble().empty()); // nobody asked it for anything
  f.failed(r.put("q", {"2"}));
  r.pass(1);
  CHECK(r.code(lease) == errc::none);
  CHECK(r.bodies(lease).empty());
  CHECK(r.code(join) == errc::deadline_exceeded);
  CHECK(r.core.trouble() == full);
}

TEST_CASE("a drain ends all waiting though the store fails") {
  fragile_rig f;
  auto& r = f.r;
  const auto served = r.lease("q", 60'000);
  const auto waits = r.lease("q", 60'000);
  f.store->full = full;
  f.part_put("1"); // is not kept
  r.core.drain(r.now);
  r.gather();
  for (const auto each : {served, waits}) {
    CHECK(r.code(each) == errc::none);
    CHECK(r.bodies(each).empty());
  }
}

TEST_CASE("a store that works again is found out within a second, without anybody's asking") {
  fragile_rig f;
  auto& r = f.r;
  r.put("q", {"1"});
  const auto waits = r.lease("none", 60'000);
  CHECK(r.code(waits) == errc::not_found);
  f.store->full = full;
  f.failed(r.put("q", {"2"}));
  r.pass(10'000);
  CHECK(r.core.trouble() == full);
  f.store->full.clear();
  r.pass(1'000);
  CHECK(r.core.trouble().empty());
}

TEST_CASE("leases of who is lost while the store fails go back when it works again") {
  fragile_rig f;
  auto& r = f.r;
  r.put("q", {"1", "2", "3"});
  r.lease("q", 0, 1, 2);
  r.lease("q", 0, 1, 3, 7);
  const auto kept = r.take("q", 3, 8);
  f.store->full = full;
  CHECK(r.core.lose(2, r.now) == 1);
  r.gather();
  r.end_holder(7, 3);
  CHECK(r.core.leases().leases() == 3);
  r.pass(3'000);
  CHECK(r.core.leases().leases() == 3);
  f.store->full.clear();
  r.pass(1'000);
  CHECK(r.core.leases().leases() == 1);
  CHECK(r.bodies(r.lease("q", 0, 9)) == strings{"1", "2"});
  CHECK(r.ack(kept.lease) == errc::none);
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
