// What every store does.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <string>
#include <variant>

using namespace squall;
using namespace squall::tests;
using actors::put_refusal;
using actors::settling;
using strings = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;

namespace {

proto::queue_settings ordered(proto::queue_order order) {
  proto::queue_settings out;
  out.order = order;
  return out;
}

} // namespace

TEST_CASE("items come in their queue's order, and go back to their place") {
  const auto [order, expected] = GENERATE(table<proto::queue_order, strings>(
      {{proto::queue_order::fifo, {"a", "b", "c", "d", "e"}},
       {proto::queue_order::lifo, {"e", "d", "c", "b", "a"}},
       {proto::queue_order::priority, {"d", "a", "c", "e", "b"}}}));
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, ordered(order)};
  s.put({"a"}, 5);
  s.put({"b"}, 0);
  s.put({"c"}, 5);
  s.put({"d"}, 9);
  s.put({"e"}, 5);
  const auto all = s.lease(5);
  strings bodies;
  for (const auto& item : all)
    bodies.push_back(item.body);
  CHECK(bodies == expected);
  for (const auto index : {3U, 0U, 4U, 2U, 1U})
    s.use(settling::release, all.at(index).lease);
  CHECK(s.bodies() == expected);
}

TEST_CASE("a queue whose order is changed hands out in the new one") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put({"a", "b"});
  s.put({"c"}, 9);
  CHECK(s.items->define("q", ordered(proto::queue_order::priority)) == actors::defined::changed);
  CHECK(s.lease(1).at(0).body == "c");
  s.items->define("q", ordered(proto::queue_order::lifo));
  CHECK(s.bodies() == strings{"b", "a"});
}

TEST_CASE("a priority above the highest is the highest") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, ordered(proto::queue_order::priority)};
  s.put({"a"}, 9);
  s.put({"b"}, 200);
  CHECK(s.bodies() == strings{"a", "b"});
}

TEST_CASE("puts of one call are taken in order, all items or none, none past one that is refused") {
  proto::queue_settings settings;
  settings.maxsize = 4;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.items->define("other", {});
  std::array<actors::store_put, 6> puts{{{"q", {{"1", 5}, {"2", 5}, {"3", 5}}},
                                         {"q", {{"4", 5}, {"5", 5}}},
                                         {"q", {{"6", 5}}},
                                         {"other", {{"7", 5}}},
                                         {"none", {{"8", 5}}},
                                         {"q", std::vector<proto::new_item>(5)}}};
  const auto done = s.items->put(puts, s.now);
  CHECK(std::get<numbers>(done.at(0)) == numbers{1, 2, 3});
  CHECK(refusal(done.at(1)) == put_refusal::no_room);
  CHECK(refusal(done.at(2)) == put_refusal::no_room);
  CHECK(std::get<numbers>(done.at(3)) == numbers{4});
  CHECK(refusal(done.at(4)) == put_refusal::no_queue);
  CHECK(refusal(done.at(5)) == put_refusal::too_large);
  CHECK(puts.at(1).items.at(1).body == "5");
  CHECK(std::get<numbers>(s.put({"6"})) == numbers{5});
}

TEST_CASE("items that went back may exceed the queue's size, and put waits for room below it") {
  proto::queue_settings settings;
  settings.maxsize = 1;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.put({"1"});
  const auto item = s.lease(1).at(0);
  s.put({"2"});
  s.use(settling::release, item.lease);
  CHECK(s.stats().ready == 2);
  CHECK(refusal(s.put({"3"})) == put_refusal::no_room);
  s.lease(1);
  CHECK(refusal(s.put({"3"})) == put_refusal::no_room);
  s.lease(1);
  CHECK(std::holds_alternative<numbers>(s.put({"3"})));
}

TEST_CASE("a queue's books") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put({"12345", "678"});
  s.now += 700;
  s.put({"9"});
  s.use(settling::ack, s.lease(1).at(0).lease);
  const auto stats = s.stats();
  CHECK(stats.ready == 2);
  CHECK(stats.unfinished == 2);
  CHECK(stats.bytes == 4);
  CHECK(stats.oldest_ms == 700);
  CHECK(stats.total_put == 3);
  CHECK(stats.total_leased == 1);
  CHECK(stats.total_acked == 1);
  CHECK(stats.put_rate > stats.ack_rate);
  CHECK(stats.ack_rate == Approx(0.1));
  s.now += 10'000;
  CHECK(s.stats().ack_rate == Approx(0.1 / 2.718281828));
  s.bodies();
  CHECK(s.stats().oldest_ms == 0);
}

TEST_CASE("the oldest item of a queue is found in every order") {
  const auto order =
      GENERATE(proto::queue_order::fifo, proto::queue_order::lifo, proto::queue_order::priority);
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, ordered(order)};
  s.put({"a"}, 3);
  s.now += 10;
  s.put({"b"}, 9);
  s.now += 10;
  s.put({"c"}, 1);
  CHECK(s.stats().oldest_ms == 20);
}

TEST_CASE("all queues are shown by name") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.items->define("b", {});
  s.items->define("a", {});
  strings names;
  for (const auto& each : s.items->look(actors::books_of{"", 0}, s.now).queues)
    names.push_back(each.stats.name);
  CHECK(names == strings{"a", "b", "q"});
  CHECK(s.items->look(actors::books_of{"c", 0}, s.now).queues.empty());
}

TEST_CASE("a removed queue's leases and times are gone with it") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put({"1", "2"});
  const auto leased = s.lease(2);
  s.use(settling::nack, leased.at(1).lease, 100);
  CHECK(s.remove("q") == strings{leased.at(0).lease});
  CHECK_FALSE(s.remove("q"));
  CHECK_FALSE(s.items->expire(s.now + 1'000'000).next);
  CHECK_FALSE(s.use(settling::ack, leased.at(0).lease));
}

TEST_CASE("a lease brings no more than 8 MiB, but a larger item alone") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, {}, 100 << 20};
  s.put({std::string(9 << 20, 'x')});
  s.put(strings(9, std::string(1 << 20, 'y')));
  CHECK(s.lease(10).size() == 1);
  CHECK(s.lease(10).size() == 8);
  CHECK(s.lease(10).size() == 1);
}
