// Workers whose pools change.
#include "actors/router_core.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/router_rig.hpp"

using namespace squall;
using namespace squall::tests;
using numbers = std::vector<std::uint64_t>;
using std::chrono::milliseconds;

namespace {

void change(router_rig& rig, std::uint64_t worker, std::vector<proto::pool_offer> pools) {
  rig.core.offer_changed(worker, std::move(pools), rig.now);
  rig.gather();
}

std::vector<proto::pool_status> pools_of(const router_rig& rig) {
  return rig.core.status(rig.now).workers.front().pools;
}

} // namespace

TEST_CASE("a pool with more slots gets what waits at once") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  for (std::uint64_t n = 1; n <= 4; ++n)
    rig.call(n);
  CHECK(rig.numbers_at(worker) == numbers{1});
  const auto told = rig.kinds_told;
  change(rig, worker, {offer("prime", 3)});
  CHECK(rig.numbers_at(worker) == numbers{1, 2, 3});
  CHECK(rig.kind("prime").slots == 3);
  CHECK(rig.kinds_told == told + 1);
}

TEST_CASE("a pool with fewer slots gets nothing until it has few enough calls") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 3)});
  for (std::uint64_t n = 1; n <= 4; ++n)
    rig.call(n);
  change(rig, worker, {offer("prime", 1)});
  rig.answer(worker, rig.at[worker][0]);
  rig.answer(worker, rig.at[worker][1]);
  CHECK(rig.numbers_at(worker) == numbers{1, 2, 3});
  rig.answer(worker, rig.at[worker][2]);
  CHECK(rig.numbers_at(worker) == numbers{1, 2, 3, 4});
  CHECK(rig.answers.size() == 3);
  CHECK(rig.kind("prime").slots == 1);
}

TEST_CASE("a kind that a worker begins to offer is known and gets calls") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  change(rig, worker, {offer("prime", 1), offer("sleep", 2)});
  rig.call(1, "sleep");
  CHECK(rig.numbers_at(worker) == numbers{1});
  CHECK(pools_of(rig).size() == 2);
}

TEST_CASE("a pool that is gone answers what it runs, and others do what it gives back") {
  router_rig rig;
  const auto first = rig.join("a", {offer("prime", 3)});
  for (std::uint64_t n = 1; n <= 3; ++n)
    rig.call(n);
  const auto second = rig.join("b", {offer("prime", 2)});
  change(rig, first, {});
  CHECK(rig.kind("prime").slots == 2);
  CHECK(pools_of(rig).size() == 1); // as long as it has calls
  rig.give_back(first, {rig.id(2), rig.id(3)});
  CHECK(rig.numbers_at(second) == numbers{2, 3});
  rig.answer(first, rig.at[first][0]);
  CHECK(pools_of(rig).empty());
  for (std::size_t i = 0; i < 2; ++i)
    rig.answer(second, rig.at[second][i]);
  CHECK(rig.answers.size() == 3);
  CHECK(rig.outcomes("prime", "ok") == 3);
  CHECK(rig.core.idle());
}

TEST_CASE("calls of a kind that nobody offers any more wait for the time of grace") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  change(rig, worker, {});
  rig.give_back(worker, {rig.id(1)});
  rig.pass(milliseconds{4'900});
  CHECK(rig.answers.empty());
  rig.pass(milliseconds{200});
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers.front().code == proto::errc::unavailable);
}

TEST_CASE("a pool that comes back still has the calls that it ran when it went") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 2)});
  rig.call(1);
  change(rig, worker, {});
  change(rig, worker, {offer("prime", 2)});
  rig.call(2);
  rig.call(3);
  CHECK(rig.numbers_at(worker) == numbers{1, 2});
  CHECK(rig.kind("prime").in_flight == 2);
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.numbers_at(worker) == numbers{1, 2, 3});
}

TEST_CASE("a worker that dies after its pool went gives its calls to another") {
  router_rig rig;
  const auto first = rig.join("a", {offer("prime", 1)});
  rig.call(1);
  const auto second = rig.join("b", {offer("prime", 1)});
  change(rig, first, {offer("sleep", 1)});
  CHECK(rig.lose(first).redone == 1);
  CHECK(rig.numbers_at(second) == numbers{1});
}

TEST_CASE("a worker that drains offers nothing any more, whatever it says") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.leave(worker);
  change(rig, worker, {offer("prime", 5)});
  change(rig, worker + 1, {offer("prime", 5)});
  CHECK(rig.kind("prime").slots == 0);
}
