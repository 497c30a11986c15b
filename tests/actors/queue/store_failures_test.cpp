// In every store: items that fail, pause, die and are revived.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;
using strings = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;

TEST_CASE("a long error is cut between characters") {
  proto::queue_settings settings;
  settings.max_attempts = 1;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.put({"1"});
  std::string error = "x";
  while (error.size() < 5'000)
    error += "\xE2\x82\xAC"; // the euro sign
  s.use(settling::nack, s.lease(1).at(0).lease, 0, false, error);
  CHECK(s.dead().at(0).attempts.at(0).error == error.substr(0, 4'096));
}

TEST_CASE("of an item that fails for ever the newest errors are kept") {
  proto::queue_settings settings;
  settings.max_attempts = 150;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.put({"1"});
  for (int i = 0; i < 150; ++i)
    s.use(settling::nack, s.lease(1).at(0).lease);
  CHECK(s.dead().at(0).attempts.size() == 100);
  CHECK(s.dead().at(0).attempts.at(0).attempt == 51);
}

TEST_CASE("leases and pauses end at their time and not before") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put({"1", "2", "3"});
  const auto leased = s.lease(3, 1'000);
  const auto nacked = s.use(settling::nack, leased.at(0).lease, 400);
  CHECK(nacked->next == s.now + 400);
  CHECK(nacked->queue == "q");
  const auto extended = s.use(settling::extend, leased.at(2).lease, 0);
  CHECK(extended->lease_ms == 30'000);
  s.now += 399;
  CHECK(s.items->expire(s.now).queues.empty());
  s.now += 1;
  const auto first = s.items->expire(s.now);
  CHECK(first.queues == strings{"q"});
  CHECK(first.leases.empty());
  CHECK(first.next == s.now + 600);
  s.now += 600;
  const auto second = s.items->expire(s.now);
  CHECK(second.leases == strings{leased.at(1).lease});
  CHECK(second.next == s.now + 29'000);
  CHECK(s.bodies() == strings{"1", "2"});
  CHECK(s.stats().total_expired == 1);
  CHECK(s.stats().total_nacked == 1);
}

TEST_CASE("a pause that grows with the attempts is between half of it and all of it") {
  proto::queue_settings settings;
  settings.backoff_ms = 1'000;
  settings.backoff_cap_ms = 3'000;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.put({"1"});
  for (const auto full : {1'000U, 2'000U, 3'000U, 3'000U}) {
    const auto pause = s.use(settling::nack, s.lease(1).at(0).lease, 7, true)->next.value() - s.now;
    CHECK(pause >= full / 2);
    CHECK(pause <= full);
    s.now += pause;
    s.items->expire(s.now);
  }
  CHECK_FALSE(s.use(settling::nack, s.lease(1).at(0).lease, 7, true)->next);
  CHECK(s.stats().dead == 1);
}

TEST_CASE("the dead are listed in the order of their death, and revived when they are named") {
  proto::queue_settings settings;
  settings.max_attempts = 1;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.put({"1", "2", "3"});
  const auto leased = s.lease(3);
  for (const auto index : {2U, 0U, 1U})
    s.use(settling::nack, leased.at(index).lease);
  CHECK(s.dead(2).size() == 2);
  CHECK(s.dead(2).at(0).id == 3);
  CHECK(s.revive({1, 77, 1, 2}) == numbers{1, 2});
  CHECK(s.revive({3}) == numbers{3});
  CHECK(s.bodies() == strings{"1", "2", "3"});
}
