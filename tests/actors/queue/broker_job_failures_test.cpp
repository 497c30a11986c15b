// Jobs in turns that the store loses.
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/actors/queue/fragile_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::item_state;
using strings = std::vector<std::string>;

namespace {

constexpr auto full = "the disk is full";

struct failing_jobs : fragile_rig {
  proto::job_id put_job(const std::string& kind) {
    return r.answers.at(r.ask(put_jobs_of("q", jobs_of(kind, {"1"})))).jobs.at(0).id;
  }
  std::string take_job(const std::string& kind, std::uint64_t asker = 1) {
    return r.answers.at(r.ask(lease_of("q", {kind}), asker)).items.at(0).lease;
  }
  item_state answered(std::uint64_t request) const {
    return r.answers.at(request).jobs.at(0).state;
  }
};

} // namespace

TEST_CASE("who waits for a job waits on when its end is lost, and hears of the one that counts") {
  failing_jobs f;
  const auto id = f.put_job("a");
  const auto waits = f.r.ask(get_of({id}, 60'000), 2);
  const auto lease = f.take_job("a");
  f.store->full = full;
  const auto acked = f.r.ask(ack_of(lease, "1"));
  f.failed(acked);
  CHECK_FALSE(f.r.code(waits));
  f.store->full.clear();
  f.r.ask(ack_of(lease, "2"));
  CHECK(f.answered(waits) == item_state::done);
  CHECK(f.r.answers.at(waits).jobs.at(0).result == "2");
}

TEST_CASE("who begins to wait for a job in a turn that is lost is told so") {
  failing_jobs f;
  const auto id = f.put_job("a");
  f.store->full = full;
  f.failed(f.r.ask(get_of({id}, 60'000)));
  f.failed(f.r.ask(get_of({id})));
  f.failed(f.r.ask(cancel_of(id)));
  f.failed(f.r.ask(put_jobs_of("q", jobs_of("a", {"2"}))));
  f.store->full.clear();
  CHECK(f.answered(f.r.ask(get_of({id}))) == item_state::ready);
  CHECK(f.r.stats("q").ready == 1);
}

TEST_CASE("whose wait for a job is over while the store fails is told so") {
  failing_jobs f;
  const auto waits = f.r.ask(get_of({f.put_job("a")}, 1'000));
  SECTION("the turn is lost") {
    f.store->full = full;
  }
  SECTION("nothing can be looked at") {
    f.store->broken = full;
  }
  f.r.pass(1'000);
  f.failed(waits);
}

TEST_CASE("a drain while the store fails ends all waiting for jobs") {
  failing_jobs f;
  const auto id = f.put_job("a");
  const auto waits = f.r.ask(get_of({id}, 60'000));
  f.store->broken = full;
  const auto new_one = f.part(get_of({id}, 60'000));
  f.r.core.drain(f.r.now);
  f.r.gather();
  CHECK(f.r.code(waits) == errc::unavailable);
  f.failed(new_one);
}

TEST_CASE("a lease is revoked when its job's cancellation lasts, and not before") {
  failing_jobs f;
  const auto id = f.put_job("a");
  const auto lease = f.take_job("a", 2);
  f.store->full = full;
  f.failed(f.r.ask(cancel_of(id)));
  CHECK(f.r.revoked.empty());
  CHECK(f.r.core.leases().leases() == 1);
  f.store->full.clear();
  CHECK(f.answered(f.r.ask(cancel_of(id))) == item_state::cancelled);
  CHECK(f.r.revoked.at(2) == strings{lease});
  CHECK(f.r.core.leases().leases() == 0);
}

TEST_CASE("who wants some kinds alone is put back at its place when a turn is lost") {
  failing_jobs f;
  const auto first = f.r.ask(lease_of("q", {"a"}, 60'000));
  const auto second = f.r.ask(lease_of("q", {"a"}, 60'000));
  const auto any = f.r.ask(lease_of("q", {}, 60'000));
  f.store->full = full;
  f.failed(f.r.ask(put_jobs_of("q", jobs_of("a", {"1", "2", "3"}))));
  CHECK_FALSE(f.r.code(first));
  f.store->full.clear();
  f.r.ask(put_jobs_of("q", jobs_of("a", {"4", "5"})));
  CHECK(f.r.bodies(first) == strings{"4"});
  CHECK(f.r.bodies(second) == strings{"5"});
  CHECK_FALSE(f.r.code(any));
}
