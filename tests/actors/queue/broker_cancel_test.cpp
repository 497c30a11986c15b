// Jobs that are cancelled: what becomes of them, and who hears of it.
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::item_state;
using strings = std::vector<std::string>;

TEST_CASE("a job that waits is cancelled: it is not run, makes room, and no join waits for it") {
  job_rig r;
  r.define("q", holding(1));
  const auto id = r.put_job("a");
  const auto join = r.join("q", 60'000);
  SECTION("with others behind it") {
    const auto put = r.put("q", {"2"}, 60'000);
    CHECK(r.answered(r.ask(cancel_of(id))) == item_state::cancelled);
    CHECK(r.code(put) == errc::none);
    CHECK(r.bodies(r.lease("q", 0, 9)) == strings{"2"});
  }
  SECTION("alone") {
    CHECK(r.answered(r.ask(cancel_of(id))) == item_state::cancelled);
    CHECK(r.code(join) == errc::none);
    CHECK(r.stats("q").cancelled == 1);
  }
  CHECK(r.revoked.empty());
}

TEST_CASE("the holder of a cancelled job's lease is told to stop, and holds it no more") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto lease = r.take_job("a", 2).lease;
  CHECK(r.answered(r.ask(cancel_of(id))) == item_state::cancelled);
  REQUIRE(r.revoked.size() == 1);
  CHECK(r.revoked.at(2) == strings{lease});
  CHECK(r.core.leases().leases() == 0);
  r.ask(ack_of(lease, "1"), 2);
  CHECK(r.code(r.last) == errc::lease_lost);
  CHECK(r.state(id) == item_state::cancelled);
}

TEST_CASE("a lease of an asker that is lost meanwhile is revoked from nobody") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  r.take_job("a", 2);
  proto::queue_batch batch;
  batch.requests = {cancel_of(id)};
  r.core.handle(1, batch, r.now);
  r.core.lose(2, r.now);
  r.gather();
  CHECK(r.revoked.empty());
  CHECK(r.core.leases().leases() == 0);
}

TEST_CASE("a job that is ended already stays as it is when it is cancelled") {
  job_rig r;
  r.define("q");
  const auto done = r.put_job("a");
  r.ask(ack_of(r.take_job("a").lease, "1"));
  const auto dead = r.put_job("a");
  r.ask(fail_of(r.take_job("a").lease));
  const auto cancelled = r.put_job("a");
  r.ask(cancel_of(cancelled));
  CHECK(r.answered(r.ask(cancel_of(done))) == item_state::done);
  CHECK(r.answers.at(r.last).jobs.at(0).result == "1");
  CHECK(r.answered(r.ask(cancel_of(dead))) == item_state::dead);
  CHECK(r.answered(r.ask(cancel_of(cancelled))) == item_state::cancelled);
}

TEST_CASE("one job at a time is cancelled, and only one that there is") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  auto unknown = id;
  unknown.high ^= 1;
  CHECK(r.code(r.ask(cancel_of(unknown))) == errc::not_found);
  auto both = cancel_of(id);
  both.jobs.push_back(id);
  CHECK(r.code(r.ask(both)) == errc::invalid_params);
  CHECK(r.state(id) == item_state::ready);
}

TEST_CASE("a cancelled job is forgotten when its time is over") {
  job_rig r;
  r.define("q");
  auto jobs = jobs_of("a", {"1"});
  jobs.front().job.result_ttl_ms = 5'000;
  const auto id = r.answers.at(r.ask(put_jobs_of("q", jobs))).jobs.at(0).id;
  r.ask(cancel_of(id));
  r.pass(4'999);
  CHECK(r.state(id) == item_state::cancelled);
  r.pass(1);
  CHECK(r.code(r.ask(get_of({id}))) == errc::not_found);
  CHECK_FALSE(r.core.next());
}
