// Turns that the store loses.
#include "tests/actors/queue/fragile_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

namespace {

constexpr auto full = "the disk is full";

} // namespace

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
