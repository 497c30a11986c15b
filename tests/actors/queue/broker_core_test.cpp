// Requests at a broker: what is answered, and in what order.
#include "tests/actors/queue/broker_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using actors::queue_overhead;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

TEST_CASE("a queue is made once, and changed afterwards") {
  broker_rig r;
  const auto& made = r.answers.at(r.define("q"));
  CHECK(made.created);
  CHECK(made.stats.at(0).name == "q");
  const auto& changed = r.answers.at(r.define("q", holding(3)));
  CHECK_FALSE(changed.created);
  CHECK(changed.stats.at(0).settings.maxsize == 3);
  CHECK(r.code(r.define("no/slash")) == errc::invalid_params);
  CHECK(r.code(r.define(std::string(129, 'q'))) == errc::invalid_params);
  CHECK(r.code(r.define(std::string(128, 'q'))) == errc::none);
  proto::queue_settings settings;
  settings.lease_ms = 0;
  CHECK(r.code(r.define("q", settings)) == errc::invalid_params);
  settings = {};
  settings.max_attempts = 0;
  CHECK(r.code(r.define("q", settings)) == errc::invalid_params);
}

TEST_CASE("what is put is leased in order and acked once") {
  broker_rig r;
  r.define("q");
  const auto put = r.put("q", {"1", "2", "3"});
  CHECK(r.answers.at(put).ids == std::vector<std::uint64_t>{1, 2, 3});
  const auto lease = r.lease("q", 0, 2);
  CHECK(r.bodies(lease) == strings{"1", "2"});
  const auto& item = r.answers.at(lease).items.at(0);
  CHECK(item.id == 1);
  CHECK(item.attempt == 1);
  CHECK(item.lease_ms == 30'000);
  CHECK(item.lease.size() == 32);
  CHECK(r.ack(item.lease) == errc::none);
  CHECK(r.ack(item.lease) == errc::lease_lost);
  CHECK(r.stats("q").unfinished == 2);
  CHECK(r.core.leases().leases() == 1);
}

TEST_CASE("a queue that does not exist is not found") {
  broker_rig r;
  CHECK(r.code(r.put("q", {"1"}, 100)) == errc::not_found);
  CHECK(r.code(r.lease("q", 100)) == errc::not_found);
  CHECK(r.code(r.join("q", 100)) == errc::not_found);
  for (const auto op : {queue_op::stats, queue_op::remove, queue_op::dead, queue_op::revive})
    CHECK(r.code(r.ask(request_of(op, "q"))) == errc::not_found);
  CHECK(r.code(r.ask(request_of(queue_op::stats, ""))) == errc::none);
  for (const auto op : {queue_op::put, queue_op::lease, queue_op::join, queue_op::dead}) {
    auto nameless = request_of(op, "");
    nameless.items = items_of({"1"});
    CHECK(r.code(r.ask(nameless)) == errc::not_found);
  }
  CHECK_FALSE(r.core.next());
}

TEST_CASE("a lease may make its queue") {
  broker_rig r;
  auto request = request_of(queue_op::lease, "q");
  request.create = true;
  request.timeout_ms = 1'000;
  const auto lease = r.ask(request);
  CHECK(r.stats("q").getters == 1);
  r.put("q", {"1"});
  CHECK(r.bodies(lease) == strings{"1"});
  request.queue = "not a name";
  CHECK(r.code(r.ask(request)) == errc::invalid_params);
}

TEST_CASE("a queue for which there is no memory is refused by the flag's name") {
  broker_rig r{queue_overhead + 10};
  r.define("q");
  auto lease = request_of(queue_op::lease, "other");
  lease.create = true;
  lease.timeout_ms = 1'000;
  for (const auto request : {r.define("other"), r.ask(lease)}) {
    CHECK(r.code(request) == errc::overloaded);
    CHECK(r.answers.at(request).message.find("--queue-memory") != std::string::npos);
  }
  CHECK(r.code(r.define("q", holding(3))) == errc::none);
  r.ask(request_of(queue_op::remove, "q"));
  CHECK(r.code(r.define("other")) == errc::none);
}

TEST_CASE("a lease of an empty queue waits for a put, or for its time") {
  broker_rig r;
  r.define("q");
  CHECK(r.bodies(r.lease("q", 0)).empty());
  const auto first = r.lease("q", 1'000);
  const auto second = r.lease("q", 2'000);
  r.pass(999);
  CHECK_FALSE(r.code(first));
  r.pass(1);
  CHECK(r.bodies(first).empty());
  CHECK(r.code(first) == errc::none);
  r.put("q", {"1"});
  CHECK(r.bodies(second) == strings{"1"});
}

TEST_CASE("those who wait for items are served in the order in which they came") {
  broker_rig r;
  r.define("q");
  std::vector<std::uint64_t> leases;
  leases.reserve(40);
  for (int i = 0; i < 40; ++i)
    leases.push_back(r.lease("q", 1'000));
  r.cancel(leases[1]);
  strings bodies;
  bodies.reserve(39);
  for (int i = 0; i < 39; ++i)
    bodies.push_back(std::to_string(i));
  r.put("q", bodies);
  CHECK_FALSE(r.code(leases[1]));
  CHECK(r.bodies(leases[0]) == strings{"0"});
  for (std::size_t i = 2; i < 40; ++i)
    CHECK(r.bodies(leases[i]) == strings{bodies[i - 1]});
  CHECK(r.stats("q").getters == 0);
}

TEST_CASE("join waits until nothing is unfinished") {
  broker_rig r;
  r.define("q");
  CHECK(r.code(r.join("q", 0)) == errc::none);
  r.put("q", {"1", "2"});
  CHECK(r.code(r.join("q", 0)) == errc::deadline_exceeded);
  const auto late = r.join("q", 100);
  const auto join = r.join("q", 1'000);
  const auto first = r.take("q");
  const auto second = r.take("q");
  r.pass(100);
  CHECK(r.code(late) == errc::deadline_exceeded);
  r.ack(first.lease);
  CHECK(r.stats("q").joiners == 1);
  CHECK_FALSE(r.code(join));
  r.ack(second.lease);
  CHECK(r.code(join) == errc::none);
}

TEST_CASE("join counts what was put before it in its turn, and not what is put after it") {
  broker_rig r;
  r.define("q");
  proto::queue_batch batch;
  batch.requests = {request_of(queue_op::join, "q"), request_of(queue_op::put, "q"),
                    request_of(queue_op::join, "q")};
  for (auto& request : batch.requests)
    request.id = ++r.last;
  batch.requests[1].items = items_of({"1"});
  r.send(std::move(batch));
  CHECK(r.code(r.last - 2) == errc::none);
  CHECK(r.code(r.last - 1) == errc::none);
  CHECK(r.code(r.last) == errc::deadline_exceeded);
}

TEST_CASE("join does not wait for items that are dead") {
  broker_rig r;
  proto::queue_settings settings;
  settings.max_attempts = 1;
  r.define("q", settings);
  r.put("q", {"1", "2"});
  const auto join = r.join("q", 60'000);
  r.use(queue_op::nack, r.take("q").lease);
  CHECK_FALSE(r.code(join));
  const auto last = r.take("q").lease;
  SECTION("that ran out") {
    r.pass(30'000);
    CHECK(r.dead("q").at(1).attempts.at(0).error == "the lease ran out");
  }
  SECTION("that were nacked") {
    r.use(queue_op::nack, last);
  }
  CHECK(r.code(join) == errc::none);
}

TEST_CASE("whoever waits at a queue that is removed is told so, and its leases are void") {
  broker_rig r;
  r.define("q", holding(1));
  r.put("q", {"1"});
  const auto item = r.take("q");
  r.put("q", {"2"});
  const auto put = r.put("q", {"3"}, 1'000);
  const auto join = r.join("q", 1'000);
  r.define("empty");
  const auto lease = r.lease("empty", 1'000);
  CHECK(r.code(r.ask(request_of(queue_op::remove, "q"))) == errc::none);
  CHECK(r.code(r.ask(request_of(queue_op::remove, "empty"))) == errc::none);
  CHECK(r.code(put) == errc::not_found);
  CHECK(r.code(join) == errc::not_found);
  CHECK(r.code(lease) == errc::not_found);
  CHECK(r.core.leases().leases() == 0);
  CHECK(r.ack(item.lease) == errc::lease_lost);
}

TEST_CASE("dead items are listed with every error, and put back with none") {
  broker_rig r;
  proto::queue_settings settings;
  settings.max_attempts = 2;
  r.define("q", settings);
  r.put("q", {"1"});
  r.use(queue_op::nack, r.take("q").lease);
  r.use(queue_op::nack, r.take("q").lease);
  const auto dead = r.dead("q");
  CHECK(dead.at(0).body == "1");
  CHECK(dead.at(0).attempts.size() == 2);
  CHECK(dead.at(0).attempts.at(1) == proto::failed_attempt{2, r.now, "it failed"});
  const auto waits = r.lease("q", 1'000);
  const auto back = r.ask(request_of(queue_op::revive, "q"));
  CHECK(r.answers.at(back).ids == std::vector<std::uint64_t>{1});
  CHECK(r.answers.at(waits).items.at(0).attempt == 1);
  CHECK(r.dead("q").empty());
}

TEST_CASE("a lease is extended from now on") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1"});
  const auto item = r.take("q");
  r.pass(29'000);
  auto extend = request_of(queue_op::extend, "");
  extend.lease = item.lease;
  extend.lease_ms = 5'000;
  CHECK(r.answers.at(r.ask(extend)).lease_ms == 5'000);
  r.pass(4'999);
  CHECK(r.stats("q").leased == 1);
  extend.lease_ms = 0;
  CHECK(r.answers.at(r.ask(extend)).lease_ms == 30'000);
  r.pass(29'999);
  CHECK(r.stats("q").leased == 1);
  r.pass(1);
  CHECK(r.stats("q").ready == 1);
  CHECK(r.code(r.ask(extend)) == errc::lease_lost);
}

TEST_CASE("a drain ends all waiting, and nothing waits behind it") {
  broker_rig r;
  r.define("full", holding(1));
  r.define("empty");
  r.put("full", {"1"});
  const auto put = r.put("full", {"2"}, 1'000);
  const auto lease = r.lease("empty", 1'000);
  const auto join = r.join("full", 1'000);
  r.core.drain(r.now);
  r.gather();
  CHECK(r.code(put) == errc::unavailable);
  CHECK(r.code(join) == errc::unavailable);
  CHECK(r.code(lease) == errc::none);
  CHECK(r.code(r.put("full", {"2"}, 1'000)) == errc::unavailable);
  CHECK(r.code(r.put("full", {"2"}, 0)) == errc::queue_full);
  CHECK(r.code(r.join("full", 1'000)) == errc::unavailable);
  CHECK(r.bodies(r.lease("empty", 1'000)).empty());
  CHECK(r.ack(r.take("full").lease) == errc::none);
}

TEST_CASE("a request without a number, or of nobody, is done and not answered") {
  broker_rig r;
  r.define("q");
  proto::queue_batch batch;
  auto put = request_of(queue_op::put, "q");
  put.items = items_of({"1"});
  batch.requests = {put, request_of(queue_op::lease, "q"), request_of(queue_op::join, "q")};
  r.order.clear();
  r.send(batch);
  batch.requests[1].id = 77;
  r.send(batch, 0);
  CHECK(r.order.empty());
  CHECK(r.stats("q").ready == 2);
}

TEST_CASE("an operation of a newer version is refused") {
  broker_rig r;
  CHECK(r.code(r.ask(request_of(static_cast<queue_op>(200), "q"))) == errc::invalid_request);
}
