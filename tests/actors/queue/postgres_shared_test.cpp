// What stores that share a database do between each other's statements.
#include "tests/actors/queue/limited_queues.hpp"
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <variant>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;
using strings = std::vector<std::string>;

namespace {

proto::job_options job(const std::string& key = {}, const std::string& unique = {}) {
  proto::job_options out;
  out.kind = "k";
  out.idempotency_key = key;
  out.unique_key = unique;
  return out;
}

/// Two stores in one database with a queue "q".
struct pair {
  explicit pair(const proto::queue_settings& settings = {}) : a{store_kind::postgres, settings} {
    a.items->commit();
    b.items = a.home.open();
  }

  const scratch_database& database() const { return a.home.database(); }
  /// Returns when one of them waits for another's lock.
  void await_wait() const {
    while (database().sql("SELECT 1 FROM pg_locks WHERE NOT granted").empty())
      std::this_thread::yield();
  }

  shelf a;
  shelf b{store_kind::memory};
};

} // namespace

TEST_CASE("a queue that another store removes within a turn takes no items in it") {
  pair p;
  CHECK(p.a.stats().ready == 0);
  SECTION("and stays away") {
    p.b.remove("q");
    p.b.items->commit();
    CHECK(refusal(p.a.put({"lost?"})) == actors::put_refusal::no_queue);
  }
  SECTION("unless it is made again") {
    p.b.put({"gone"});
    p.b.remove("q");
    p.b.items->define("q", {});
    p.b.items->commit();
    p.a.put({"kept"});
  }
  p.a.items->commit();
  CHECK(p.database().sql("SELECT id FROM squall.items WHERE queue NOT IN (SELECT id FROM "
                         "squall.queues)") == strings{});
  CHECK(p.database().sql("SELECT queue FROM squall.books WHERE queue NOT IN (SELECT id FROM "
                         "squall.queues)") == strings{});
}

TEST_CASE("no more are leased than may be, whatever else a turn did before") {
  pair p{at_most(2)};
  p.a.put({"1", "2", "3", "4"});
  const auto first = p.a.lease(1).at(0);
  p.a.items->commit();
  p.a.use(settling::ack, first.lease);
  CHECK(p.b.lease(2).size() == 1);
  p.b.items->commit();
  p.a.items->define("other", {});
  CHECK(p.a.lease(2).size() == 1);
  p.a.items->commit();
  CHECK(p.b.stats().leased == 2);
}

TEST_CASE("a key is kept when another store leases its job while its queue is purged") {
  pair p;
  const auto made = p.a.put_job(job("key"));
  p.a.items->commit();
  const auto leased = p.b.lease_kinds({"k"});
  REQUIRE(leased.size() == 1);
  auto purge = std::async(std::launch::async, [&] {
    const auto gone = p.a.items->remove("q", actors::removal::waiting);
    p.a.items->commit();
    return gone->items;
  });
  p.await_wait();
  p.b.items->commit();
  CHECK(purge.get() == 0);
  const auto again = p.a.put_job(job("key"));
  CHECK(again.id == made.id);
  CHECK(again.existed);
}

TEST_CASE("a key whose job is gone stands for nothing") {
  pair p;
  const auto made = p.a.put_job(job("key"));
  p.a.items->commit();
  p.database().sql("DELETE FROM squall.items");
  const auto again = p.a.put_job(job("key"));
  CHECK_FALSE(again.existed);
  CHECK(again.id != made.id);
  CHECK(p.a.put_job(job("key")).id == again.id);
  p.a.items->commit();
  CHECK(p.b.put_job(job("key")).id == again.id);
}

TEST_CASE("a statement that fails ends the turn and nothing else") {
  pair p;
  p.a.put({"1", "2"});
  p.a.items->commit();
  p.database().sql("ALTER TABLE squall.failures RENAME TO hidden");
  p.a.put({"3"});
  p.a.nack(p.a.lease(1).at(0).lease);
  CHECK_THROWS_AS(p.a.items->commit(), actors::store_failure);
  p.database().sql("ALTER TABLE squall.hidden RENAME TO failures");
  CHECK(p.a.stats().ready == 2);
  p.a.nack(p.a.lease(1).at(0).lease, true);
  p.a.items->commit();
  CHECK(p.b.dead().at(0).attempts.at(0).error == "no");
  CHECK(p.b.bodies() == strings{"2"});
}

TEST_CASE("who changes a queue waits for who puts into it, who may still need the lock of keys") {
  pair p;
  p.a.put({"1"});
  auto change = std::async(std::launch::async, [&] {
    p.b.items->define("q", at_most(1));
    p.b.items->commit();
  });
  p.await_wait();
  p.a.put_job(job("key"));
  p.a.items->commit();
  change.get();
  CHECK(p.a.lease(2).size() == 1);
}
