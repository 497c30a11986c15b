// Puts that find no room: who waits, who is served, who is refused.
#include "tests/actors/queue/broker_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using actors::queue_overhead;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

TEST_CASE("a put that is too much for now waits for room, or for its time") {
  broker_rig r;
  r.define("q", holding(1));
  r.put("q", {"1"});
  CHECK(r.code(r.put("q", {"2"})) == errc::queue_full);
  const auto waits = r.put("q", {"3"}, 1'000);
  const auto gives_up = r.put("q", {"4"}, 500);
  const auto last = r.put("q", {"5"}, 1'000);
  CHECK(r.stats("q").putters == 3);
  r.pass(500);
  CHECK(r.code(gives_up) == errc::queue_full);
  CHECK_FALSE(r.code(waits));
  CHECK(r.take("q").body == "1");
  CHECK(r.code(waits) == errc::none);
  CHECK_FALSE(r.code(last));
  CHECK(r.take("q").body == "3");
  CHECK(r.code(last) == errc::none);
  CHECK(r.take("q").body == "5");
}

TEST_CASE("a put waits behind those who wait already, and who leaves makes way") {
  broker_rig r;
  r.define("q", holding(3));
  r.put("q", {"1", "2"});
  const auto big = r.put("q", {"3", "4"}, 1'000);
  const auto small = r.put("q", {"5"}, 1'000);
  CHECK(r.code(r.put("q", {"6"}, 0)) == errc::queue_full);
  CHECK_FALSE(r.code(small));
  SECTION("cancelled") {
    r.cancel(big);
  }
  SECTION("lost") {
    const auto other = r.put("q", {"7", "8"}, 1'000, 2);
    r.core.lose(2, r.now);
    r.cancel(big);
    CHECK_FALSE(r.code(other));
  }
  CHECK(r.code(small) == errc::none);
  CHECK(r.stats("q").ready == 3);
}

TEST_CASE("however many wait for room, all are served in order when there is room for all") {
  broker_rig r;
  r.define("q", holding(1));
  r.put("q", {"0"});
  for (int i = 1; i < 50; ++i)
    r.put("q", {std::to_string(i)}, 1'000);
  r.define("q", holding(0));
  const auto bodies = r.bodies(r.lease("q", 0, 100));
  REQUIRE(bodies.size() == 50);
  for (std::size_t i = 0; i < 50; ++i)
    CHECK(bodies[i] == std::to_string(i));
}

TEST_CASE("who gives up in the turn in which it came does not stand in others' way") {
  broker_rig r;
  r.define("q", holding(2));
  r.put("q", {"1"});
  proto::queue_batch batch;
  for (const std::size_t items : {2U, 1U}) {
    auto put = request_of(queue_op::put, "q");
    put.id = 100 + items;
    put.items = items_of(strings(items, "x"));
    batch.requests.push_back(put);
  }
  r.send(batch);
  CHECK(r.code(102) == errc::queue_full);
  CHECK(r.code(101) == errc::none);
}

TEST_CASE("more items than the queue may ever hold are refused at once") {
  broker_rig r{2 * queue_overhead + 4'000};
  r.define("q", holding(2));
  CHECK(r.code(r.put("q", {"1", "2", "3"}, 1'000)) == errc::invalid_params);
  r.put("q", {"1", "2"});
  const auto waits = r.put("q", {"3", "4"}, 1'000);
  CHECK(r.code(r.put("q", {"5", "6", "7"}, 1'000)) == errc::invalid_params);
  CHECK(r.code(r.put("q", {}, 1'000)) == errc::invalid_params);
  CHECK_FALSE(r.code(waits));
  SECTION("also when the queue becomes smaller") {
    r.define("q", holding(1));
    CHECK(r.code(waits) == errc::invalid_params);
  }
  SECTION("served when it becomes larger") {
    r.define("q", holding(4));
    CHECK(r.code(waits) == errc::none);
  }
  SECTION("more than the store may hold") {
    r.define("other");
    CHECK(r.code(r.put("other", {std::string(queue_overhead + 4'000, 'x')}, 1'000)) ==
          errc::invalid_params);
  }
}

TEST_CASE("a put that finds the store full waits for an ack at any queue") {
  broker_rig r{2 * queue_overhead + 3'000};
  r.define("a");
  r.define("b");
  r.put("a", {std::string(2'000, 'x')});
  const auto waits = r.put("b", {std::string(1'500, 'y')}, 1'000);
  const auto refused = r.put("b", {std::string(1'500, 'y')});
  CHECK(r.code(refused) == errc::queue_full);
  CHECK(r.answers.at(refused).message == "the gateway's memory for queues is full");
  const auto item = r.take("a");
  CHECK_FALSE(r.code(waits));
  SECTION("ack") {
    CHECK(r.ack(item.lease) == errc::none);
  }
  SECTION("removal") {
    r.ask(request_of(queue_op::remove, "a"));
  }
  CHECK(r.code(waits) == errc::none);
}

TEST_CASE("puts that wait have a bound together") {
  broker_rig r{1 << 20, 3'000};
  r.define("q", holding(1));
  r.put("q", {"1"});
  const auto first = r.put("q", {std::string(1'500, 'x')}, 1'000);
  CHECK(r.code(r.put("q", {std::string(1'500, 'x')}, 1'000)) == errc::overloaded);
  CHECK_FALSE(r.code(first));
  r.cancel(first);
  CHECK_FALSE(r.code(r.put("q", {std::string(1'500, 'x')}, 1'000)));
}
