// Leases whose holder ends, uses of leases, and stores that fail.
#include "tests/actors/queue/broker_rig.hpp"
#include "tests/support/catch.hpp"

#include <span>
#include <string_view>

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

namespace {

/// A store that does nothing while it is broken.
class breakable final : public actors::store {
public:
  bool broken = false;

  actors::defined define(std::string_view queue, const proto::queue_settings& settings) override {
    return work().define(queue, settings);
  }
  std::optional<actors::removed> remove(std::string_view queue, actors::removal what) override {
    return work().remove(queue, what);
  }
  std::vector<actors::put_outcome> put(std::span<actors::store_put> puts,
                                       actors::unix_ms now) override {
    ++puts_;
    return work().put(puts, now);
  }
  std::vector<actors::lease_outcome> lease(std::span<const actors::store_lease> asks,
                                           actors::unix_ms now) override {
    return work().lease(asks, now);
  }
  std::vector<std::optional<actors::settled>> settle(std::span<const actors::settlement> uses,
                                                     actors::unix_ms now) override {
    ++settles_;
    return work().settle(uses, now);
  }
  actors::view look(const actors::question& what, actors::unix_ms now) override {
    return work().look(what, now);
  }
  actors::expired expire(actors::unix_ms now) override { return work().expire(now); }
  void commit() override { work().commit(); }

  unsigned puts() const { return puts_; }
  unsigned settles() const { return settles_; }

private:
  store& work() const {
    if (broken) throw actors::store_failure{"the disk is full"};
    return *items_;
  }

  std::unique_ptr<store> items_ = actors::make_memory_store(1 << 20);
  unsigned puts_ = 0;
  unsigned settles_ = 0;
};

} // namespace

TEST_CASE("the leases of an asker that is lost go back at once, and count") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1", "2", "3"});
  r.lease("q", 0, 2, 2);
  r.lease("q", 0, 1, 3, 7);
  const auto waits = r.lease("q", 1'000, 3);
  CHECK(r.core.lose(2, r.now) == 2);
  r.gather();
  CHECK(r.bodies(waits) == strings{"1", "2"});
  CHECK(r.answers.at(waits).items.at(0).attempt == 2);
  CHECK(r.stats("q").total_expired == 2);
  CHECK(r.core.lose(3, r.now) == 1);
  CHECK(r.take("q").body == "3");
  CHECK(r.core.lose(99, r.now) == 0);
}

TEST_CASE("the leases of a holder that ends go back, others of its asker stay") {
  broker_rig r;
  proto::queue_settings settings;
  settings.max_attempts = 1;
  r.define("q", settings);
  r.put("q", {"1", "2", "3"});
  const auto gone = r.take("q", 1, 7);
  const auto other = r.take("q", 1, 8);
  const auto detached = r.take("q");
  r.end_holder(7);
  r.end_holder(0);
  CHECK(r.ack(gone.lease) == errc::lease_lost);
  CHECK(r.ack(other.lease) == errc::none);
  CHECK(r.ack(detached.lease) == errc::none);
  CHECK(r.dead("q").at(0).attempts.at(0).error == "its holder was lost");
}

TEST_CASE("a lease of a holder that ends in the same turn takes nothing") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1"});
  proto::queue_batch batch;
  batch.requests = {request_of(queue_op::lease, "q"), request_of(queue_op::lease, "q")};
  batch.requests[0].id = 100;
  batch.requests[0].holder = 7;
  batch.requests[1].id = 101;
  batch.ended = {7};
  batch.cancelled = {101};
  r.send(batch);
  CHECK(r.bodies(100).empty());
  CHECK_FALSE(r.code(101));
  CHECK(r.take("q").attempt == 1);
}

TEST_CASE("what was leased for an asker that is lost meanwhile is not answered to it") {
  broker_rig r;
  r.define("q", {});
  const auto lost = r.lease("q", 1'000, 1, 2);
  const auto next = r.lease("q", 1'000);
  r.core.lose(2, r.now);
  r.put("q", {"1"});
  CHECK_FALSE(r.code(lost));
  CHECK(r.bodies(next) == strings{"1"});
}

TEST_CASE("a released item goes back to its place, and the attempt does not count") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1", "2"});
  const auto item = r.take("q");
  CHECK(r.use(queue_op::release, item.lease) == errc::none);
  CHECK(r.use(queue_op::release, item.lease) == errc::lease_lost);
  const auto again = r.take("q");
  CHECK(again.body == "1");
  CHECK(again.attempt == 1);
  CHECK(again.lease != item.lease);
}

TEST_CASE("a nacked item wakes who waits, at once or behind its pause") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1"});
  const auto first = r.take("q");
  const auto one = r.lease("q", 1'000);
  const auto two = r.lease("q", 60'000);
  CHECK(r.use(queue_op::nack, first.lease) == errc::none);
  CHECK(r.answers.at(one).items.at(0).attempt == 2);
  CHECK(r.use(queue_op::nack, r.answers.at(one).items.at(0).lease, 500) == errc::none);
  CHECK(r.stats("q").delayed == 1);
  r.pass(499);
  CHECK_FALSE(r.code(two));
  r.pass(1);
  CHECK(r.answers.at(two).items.at(0).attempt == 3);
}

TEST_CASE("a lease that runs out wakes who waits") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1"});
  auto request = request_of(queue_op::lease, "q");
  request.lease_ms = 200;
  const auto item = r.answers.at(r.ask(request)).items.at(0);
  CHECK(item.lease_ms == 200);
  const auto waits = r.lease("q", 60'000);
  r.pass(199);
  CHECK_FALSE(r.code(waits));
  r.pass(1);
  CHECK(r.answers.at(waits).items.at(0).attempt == 2);
  CHECK(r.ack(item.lease) == errc::lease_lost);
  CHECK(r.core.leases().leases() == 1);
}

TEST_CASE("an item that is ready at the moment when a wait ends is not missed") {
  broker_rig r;
  r.define("q");
  r.put("q", {"1"});
  r.use(queue_op::nack, r.take("q").lease, 500);
  const auto waits = r.lease("q", 500);
  r.pass(500);
  CHECK(r.bodies(waits) == strings{"1"});
}

TEST_CASE("a holder's book does not grow with leases that are settled") {
  broker_rig r;
  r.define("q");
  for (int i = 0; i < 100; ++i) {
    r.put("q", {"1"});
    r.ack(r.take("q", 1, 7).lease);
  }
  CHECK(r.core.leases().leases() == 0);
  CHECK(r.core.leases().holders() == 0);
}

TEST_CASE("when the store fails, requests are refused with its reason") {
  auto made = std::make_unique<breakable>();
  auto* store = made.get();
  broker_rig r{std::move(made)};
  r.define("q");
  r.put("q", {"1", "2"});
  const auto item = r.take("q");
  r.take("q");
  const auto waits = r.lease("q", 60'000);
  const auto join = r.join("q", 60'000);
  store->broken = true;
  const auto failed = [&](std::uint64_t request) {
    CHECK(r.code(request) == errc::unavailable);
    CHECK(r.answers.at(request).message == "the disk is full");
  };
  failed(r.define("q"));
  failed(r.put("q", {"3"}, 1'000));
  failed(r.lease("other", 1'000));
  failed(r.join("q", 1'000));
  CHECK_FALSE(r.code(join));
  CHECK(r.ack(item.lease) == errc::unavailable);
  CHECK_FALSE(r.code(waits));
  r.pass(30'500);
  CHECK_FALSE(r.code(waits));
  store->broken = false;
  r.pass(1'000);
  CHECK(r.bodies(waits) == strings{"1"});
}

TEST_CASE("what does not depend on each other goes to the store together") {
  auto made = std::make_unique<breakable>();
  auto* store = made.get();
  broker_rig r{std::move(made)};
  r.define("a");
  r.define("b");
  proto::queue_batch puts;
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto put = request_of(queue_op::put, i % 2 == 0 ? "a" : "b");
    put.id = 1'000 + i;
    put.items = items_of({"1", "2"});
    puts.requests.push_back(put);
  }
  r.send(puts);
  CHECK(store->puts() == 1);
  const auto items = r.answers.at(r.lease("a", 0, 100)).items;
  CHECK(items.size() == 100);
  proto::queue_batch acks;
  for (const auto& item : items) {
    auto ack = request_of(queue_op::ack, "");
    ack.lease = item.lease;
    acks.requests.push_back(ack);
  }
  r.send(acks);
  CHECK(store->settles() == 1);
  CHECK(r.stats("a").total_acked == 100);
}

TEST_CASE("what passed through all queues is counted on when a queue is removed") {
  broker_rig r;
  r.define("q");
  r.define("other");
  r.put("q", {"1", "2"});
  r.put("other", {"3"});
  r.put("none", {"4"});
  r.ack(r.take("q").lease);
  r.use(queue_op::nack, r.take("q").lease);
  r.use(queue_op::nack, "no lease");
  r.use(queue_op::release, r.take("q").lease);
  r.take("q", 2);
  r.core.lose(2, r.now);
  r.take("other");
  r.pass(30'000);
  const proto::queue_events events{3, 5, 1, 1, 2};
  const auto books = [&r](const std::string& queue) {
    return r.answers.at(r.ask(request_of(queue_op::stats, queue)));
  };
  CHECK(books("").events == events);
  CHECK(books("other").events == events);
  r.ask(request_of(queue_op::remove, "q"));
  r.ask(request_of(queue_op::remove, "other"));
  CHECK(books("").stats.empty());
  CHECK(books("").events == events);
}
