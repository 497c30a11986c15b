// What every store does at a queue whose items may not all be handed out at once.
#include "tests/actors/queue/limited_queues.hpp"
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <SQLiteCpp/Database.h>

#include <string>
#include <variant>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::lease_later;
using actors::settling;

namespace {

actors::lease_outcome ask(const shelf& s, std::uint32_t most = 1) {
  const actors::store_lease ask{"q", most, 0, false};
  return s.items->lease({&ask, 1}, s.now).at(0);
}

std::vector<proto::new_item> jobs(std::size_t count) {
  std::vector<proto::new_item> out(count);
  for (auto& each : out) {
    each.body = "1";
    each.job.kind = "k";
  }
  return out;
}

} // namespace

TEST_CASE("no more items are leased at a time than the queue says, however their leases end") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, at_most(2)};
  s.put({"a", "b", "c", "d", "e", "f"});
  const auto held = s.lease(5);
  REQUIRE(held.size() == 2);
  CHECK(s.lease(1).empty());
  CHECK(s.use(settling::extend, held[0].lease)->limited);
  CHECK(s.lease(1).empty());
  CHECK(s.use(settling::ack, held[0].lease)->limited);
  const auto third = s.lease(5);
  REQUIRE(third.size() == 1);
  CHECK(s.use(settling::nack, third[0].lease, 60'000)->limited);
  const auto fourth = s.lease(5);
  REQUIRE(fourth.size() == 1);
  CHECK(s.use(settling::release, fourth[0].lease)->limited);
  CHECK(s.lease(5).size() == 1);
  s.now += 30'000;
  CHECK(s.items->expire(s.now).queues == std::vector<std::string>{"q"});
  CHECK(s.lease(5).size() == 2);
  CHECK(s.stats().leased == 2);
}

TEST_CASE("jobs are limited as items are, and one that is cancelled makes way for the next") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, at_most(1)};
  s.put_jobs(jobs(3));
  const auto first = s.lease_kinds({"k"});
  REQUIRE(first.size() == 1);
  CHECK(s.lease_kinds({"k"}).empty());
  CHECK(s.cancel(first[0].job)->limited);
  const auto second = s.lease_kinds({"k", ""});
  REQUIRE(second.size() == 1);
  CHECK(s.ack(second[0].lease, "1")->limited);
  CHECK(s.lease(9).size() == 1);
}

TEST_CASE("a limit that becomes smaller than what is leased takes no lease away") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put({"a", "b", "c", "d"});
  const auto held = s.lease(3);
  s.items->define("q", at_most(1));
  CHECK(s.lease(1).empty());
  CHECK(s.use(settling::ack, held[0].lease));
  CHECK(s.use(settling::ack, held[1].lease));
  CHECK(s.lease(1).empty());
  CHECK(s.use(settling::ack, held[2].lease));
  CHECK(s.lease(1).size() == 1);
  s.items->define("q", {});
  s.put({"e"});
  const auto last = s.lease(5);
  REQUIRE(last.size() == 1);
  CHECK_FALSE(s.use(settling::ack, last[0].lease)->limited);
}

TEST_CASE("items are handed out at the queue's rate, and it says when the next one may come") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, rated(4)};
  s.put({"a", "b", "c"});
  s.put_jobs(jobs(4));
  CHECK(s.lease(9).size() == 4);
  CHECK(ask(s) == actors::lease_outcome{lease_later{5'250}});
  s.now = 5'249;
  CHECK(ask(s) == actors::lease_outcome{lease_later{5'250}});
  s.now = 5'250;
  const auto fifth = s.lease(9);
  REQUIRE(fifth.size() == 1);
  CHECK(ask(s) == actors::lease_outcome{lease_later{5'500}});
  // Who does not look at it gives it back, and what it was worth.
  s.use(settling::release, fifth[0].lease);
  CHECK(s.lease(9).size() == 1);
  CHECK(ask(s) == actors::lease_outcome{lease_later{5'500}});
  s.now = 6'000;
  CHECK(s.lease(9).size() == 2);
  CHECK(s.lease(9).empty()); // there is nothing to wait for
}

TEST_CASE("with both limits a full queue waits for the end of a lease, not for its rate") {
  const auto kind = GENERATE(from_range(every_store));
  auto settings = rated(1);
  settings.max_running = 1;
  shelf s{kind, settings};
  s.put({"a", "b"});
  const auto held = s.lease(2);
  REQUIRE(held.size() == 1);
  CHECK(s.lease(1).empty());
  CHECK(s.use(settling::ack, held[0].lease));
  CHECK(ask(s) == actors::lease_outcome{lease_later{6'000}});
}

TEST_CASE("limits are kept in the file of a store") {
  auto settings = rated(7, 60'000);
  settings.max_running = 3;
  shelf s{store_kind::sqlite};
  s.items->define("q", settings);
  s.reopen();
  CHECK(s.stats().settings == settings);
  settings.max_running = 4;
  s.items->define("other", settings);
  s.reopen();
  CHECK(s.items->look(actors::books_of{"other", 0}, s.now).queues.at(0).stats.settings == settings);
}

TEST_CASE("a file of the version without limits is brought to this one with all that is in it") {
  shelf s{store_kind::sqlite};
  s.put({"a"});
  const auto job = s.put_jobs(jobs(1));
  s.items->commit();
  s.items.reset();
  {
    SQLite::Database old{s.file().string(), SQLite::OPEN_READWRITE};
    for (const auto* column : {"max_running", "rate_count", "rate_ms"})
      old.exec("ALTER TABLE queues DROP COLUMN " + std::string{column});
    for (const auto* column : {"changes", "progress"}) // of a later version
      old.exec("ALTER TABLE jobs DROP COLUMN " + std::string{column});
    old.exec("PRAGMA user_version = 2");
  }
  s.items = actors::make_sqlite_store(s.file());
  CHECK(s.stats().settings == proto::queue_settings{});
  CHECK(s.stats().ready == 2);
  s.items->define("q", at_most(1));
  CHECK(s.lease(2).size() == 1);
  s.reopen();
  CHECK(s.stats().settings == at_most(1));
}
