#include "deploy/supervisor/load_book.hpp"

#include "tests/support/catch.hpp"

using namespace squall::supervisor;
using namespace std::chrono_literals;

namespace {

using time_point = load_book::time_point;

const group_here sleepers{"sleepers", 2, {}};
constexpr time_point start{};

/// What two sleepers with 8 slots each do.
kind_load sleep_load(std::uint32_t in_flight, std::uint32_t waiting, std::uint64_t ended = 0,
                     double run_seconds = 0) {
  return {"sleep", 16, in_flight, waiting, ended, run_seconds, {{"sleepers", {2, 16}}}};
}

demand only(const std::optional<std::vector<demand>>& found) {
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  return found->front();
}

demand only(const load_book& book, const group_here& group, time_point now) {
  return only(book.demands_of(group, {group}, now));
}

} // namespace

TEST_CASE("while no gateway has told anything, nobody knows what there is to do") {
  load_book book;
  CHECK_FALSE(book.demands_of(sleepers, {sleepers}, start));
  book.hear(1, "", {{sleep_load(3, 0)}, {}}, start);
  CHECK(book.demands_of(sleepers, {sleepers}, start + 5s));
  CHECK_FALSE(book.demands_of(sleepers, {sleepers}, start + 6s));
  book.hear(1, "", {{sleep_load(3, 0)}, {}}, start + 6s);
  book.forget(1);
  CHECK_FALSE(book.demands_of(sleepers, {sleepers}, start + 6s));
}

TEST_CASE("calls at workers are busy slots, and those beyond the slots wait") {
  load_book book;
  book.hear(1, "", {{sleep_load(20, 5)}, {}}, start);
  const auto found = only(book, sleepers, start);
  CHECK(found.slots == 8);
  CHECK(found.busy == 16);
  CHECK(found.backlog == 9);
  CHECK_FALSE(found.run_seconds);
}

TEST_CASE("how long calls take is learnt from one report after another") {
  load_book book;
  book.hear(1, "", {{sleep_load(16, 40, 1'000, 900)}, {}}, start);
  book.hear(1, "", {{sleep_load(16, 40, 1'100, 901)}, {}}, start + 1s);
  const auto found = only(book, sleepers, start + 1s);
  CHECK(*found.run_seconds == Approx(0.01));
  CHECK(found.busy == Approx(1)); // what is in flight just now does not matter then
  CHECK(found.backlog == 40);
}

TEST_CASE("calls that last longer than a report count as they are in flight") {
  load_book book;
  book.hear(1, "", {{sleep_load(12, 0, 0, 0)}, {}}, start);
  book.hear(1, "", {{sleep_load(12, 0, 1, 30)}, {}}, start + 1s);
  const auto found = only(book, sleepers, start + 1s);
  CHECK(*found.run_seconds == 30);
  CHECK(found.busy == 12);
}

TEST_CASE("a group gets its share of a kind that others serve, too") {
  load_book book;
  auto load = sleep_load(20, 40);
  load.slots = 20;
  load.groups["front"] = {1, 4};
  book.hear(1, "", {{load}, {}}, start);
  CHECK(only(book, sleepers, start).busy == Approx(16));
  CHECK(only(book, sleepers, start).backlog == Approx(32));
  const group_here other{"others", 1, {}};
  CHECK(book.demands_of(other, {other}, start)->empty());
}

TEST_CASE("the load of all gateways is added up, each worker's slots are counted once") {
  load_book book;
  book.hear(1, "", {{sleep_load(10, 3, 0, 0)}, {}}, start);
  book.hear(2, "", {{sleep_load(6, 4, 0, 0)}, {}}, start);
  book.hear(1, "", {{sleep_load(10, 3, 1, 2)}, {}}, start + 1s);
  book.hear(2, "", {{sleep_load(6, 4, 3, 12)}, {}}, start + 1s);
  const auto found = only(book, sleepers, start + 1s);
  CHECK(found.slots == 8);
  CHECK(found.busy == 16);
  CHECK(found.backlog == 7);
  CHECK(*found.run_seconds == Approx(14.0 / 4));
}

TEST_CASE("jobs that wait in a queue are for the kinds whose slots are full") {
  load_book book;
  kind_load idle{"prime", 4, 1, 0, 0, 0, {{"primes", {1, 4}}}};
  const load_report report{{idle, sleep_load(16, 2)},
                           {{"default", 100, 16, 0, true}, {"numbers", 50, 0, 0, false}}};
  book.hear(1, "", report, start);
  CHECK(only(book, sleepers, start).backlog == 102);
  CHECK(only(book, {"primes", 1, {}}, start).backlog == 0);
}

TEST_CASE("a consumed queue's items are work, and end at the pace of its books") {
  const group_here factories{"factories", 2, {{"numbers", 4}}};
  load_book book;
  const auto hear = [&book](std::uint64_t ready, std::uint64_t leased, std::uint64_t ended,
                            time_point now) {
    book.hear(1, "", {{}, {{"numbers", ready, leased, ended, false}}}, now);
  };
  hear(100, 10, 0, start);
  CHECK(only(book, factories, start).slots == 4);
  CHECK(only(book, factories, start).busy == 8);
  CHECK(only(book, factories, start).backlog == 102);
  hear(100, 8, 80, start + 1s);
  const auto found = only(book, factories, start + 1s);
  CHECK(*found.run_seconds == Approx(0.1));
  CHECK(found.busy == Approx(8));
}

TEST_CASE("a consumed queue without items is no work") {
  const group_here factories{"factories", 2, {{"numbers", 4}}};
  load_book book;
  book.hear(1, "", {}, start);
  const auto found = only(book, factories, start);
  CHECK(found.busy + found.backlog == 0);
}

TEST_CASE("two groups share a queue by their slots") {
  const group_here few{"few", 1, {{"numbers", 4}}};
  const group_here many{"many", 3, {{"numbers", 4}}};
  load_book book;
  book.hear(1, "", {{}, {{"numbers", 80, 0, 0, false}}}, start);
  CHECK(only(book.demands_of(few, {few, many}, start)).backlog == Approx(20));
  CHECK(only(book.demands_of(many, {few, many}, start)).backlog == Approx(60));
}

TEST_CASE("gateways that share a database report its queues once each, and files are their own") {
  const group_here factories{"factories", 1, {{"numbers", 4}}};
  const load_report report{{}, {{"numbers", 80, 0, 0, false}}};
  load_book shared, own;
  for (const pid_t gateway : {1, 2}) {
    shared.hear(gateway, "postgres://db/squall", report, start);
    own.hear(gateway, "", report, start);
  }
  CHECK(only(shared, factories, start).backlog == 80);
  CHECK(only(own, factories, start).backlog == 160);
  shared.forget(2);
  CHECK(only(shared, factories, start).backlog == 80);
}
