// A broker in front of a store that blocks: commits, who hears of them, and their end.
#include "tests/actors/queue/fragile_store.hpp"
#include "tests/actors/queue/running_broker.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <list>
#include <optional>
#include <semaphore>

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;

namespace {

/// A store whose commits wait at a gate when the test says so, and fail when it says so.
class gated_store {
public:
  gated_store() {
    when_->when_expire = [this] {
      if (!started_.exchange(true)) start_.release();
    };
    when_->when_commit = [this] {
      when_->full = fails ? "the disk is full" : "";
      if (closed_) {
        came_.release();
        open_.acquire();
      }
      if (!fails && failed_.exchange(false)) recovered_.release();
      if (fails) failed_ = true;
    };
  }

  actors::broker_options options() {
    actors::broker_options out;
    out.items = std::make_unique<fragile_store>(when_);
    out.blocking = true;
    out.health = health;
    return out;
  }

  /// The tick with which every broker begins has come: later turns are the test's alone.
  void await_start() { REQUIRE(start_.try_acquire_for(running_broker::patience)); }
  /// From now on commits wait for `let_through`.
  void close() { closed_ = true; }
  void await_commit() { REQUIRE(came_.try_acquire_for(running_broker::patience)); }
  void let_through() { open_.release(); }
  void open() {
    closed_ = false;
    open_.release();
  }
  void await_recovery() { REQUIRE(recovered_.try_acquire_for(running_broker::patience)); }
  unsigned commits() const { return when_->commits; } ///< while no turn is under way

  std::shared_ptr<actors::store_health> health = std::make_shared<actors::store_health>();
  std::atomic<bool> fails = false;

private:
  std::shared_ptr<fragility> when_ = std::make_shared<fragility>();
  std::atomic<bool> started_ = false;
  std::atomic<bool> closed_ = false;
  std::atomic<bool> failed_ = false;
  std::counting_semaphore<> start_{0};
  std::counting_semaphore<> came_{0};
  std::counting_semaphore<> open_{0};
  std::counting_semaphore<> recovered_{0};
};

struct gated_broker {
  gated_broker() {
    store.await_start();
    CHECK(r.ask(r.asker, request_of(queue_op::stats, "q")).code == errc::none);
  }

  static void has_no_answer(caf::scoped_actor& asker) {
    asker->receive([](const proto::queue_answers&) { FAIL("answered before the commit"); },
                   caf::after(std::chrono::seconds{0}) >> [] {});
  }

  gated_store store;
  running_broker r{store.options()};
};

} // namespace

TEST_CASE(
    "all who put during a commit are one more commit, before which none of them is answered") {
  gated_broker b;
  const auto before = b.store.commits();
  b.store.close();
  b.r.send(b.r.asker, running_broker::put_of("0"));
  b.store.await_commit();
  std::list<caf::scoped_actor> askers;
  for (int i = 0; i < 64; ++i)
    b.r.send(askers.emplace_back(b.r.system), running_broker::put_of("1"));
  gated_broker::has_no_answer(b.r.asker);
  b.store.let_through();
  b.store.await_commit();
  CHECK(b.r.next(b.r.asker).ids.size() == 1);
  for (auto& each : askers)
    gated_broker::has_no_answer(each);
  b.store.open();
  for (auto& each : askers)
    CHECK(b.r.next(each).ids.size() == 1);
  CHECK(b.store.commits() == before + 2);
  CHECK(b.r.ask(b.r.asker, request_of(queue_op::stats, "q")).stats.at(0).ready == 65);
}

TEST_CASE("the health of a store tells its trouble until it works again, and counts commits") {
  gated_broker b;
  const auto waits = b.r.send(b.r.asker, running_broker::lease(60'000));
  caf::scoped_actor other{b.r.system};
  const auto good = [&] {
    std::uint64_t out = 0;
    for (const auto each : b.store.health->report().commits.counts)
      out += each;
    return out;
  };
  CHECK(b.r.ask(other, request_of(queue_op::stats, "")).code == errc::none);
  CHECK(b.store.health->report().trouble.empty());
  CHECK(b.store.health->report().failed_commits == 0);
  CHECK(good() == b.store.commits());
  b.store.fails = true;
  const auto refused = b.r.put(other, "1");
  CHECK(refused.code == errc::unavailable);
  CHECK(refused.message == "the disk is full");
  CHECK(b.store.health->report().trouble == "the disk is full");
  CHECK(b.store.health->report().failed_commits >= 1);
  b.store.fails = false;
  b.store.await_recovery(); // nobody asks
  CHECK(b.r.put(other, "2").code == errc::none);
  CHECK(b.store.health->report().trouble.empty());
  const auto answer = b.r.next(b.r.asker);
  CHECK(answer.id == waits);
  CHECK(answer.items.at(0).body == "2");
}

TEST_CASE("a drain is answered when all that came with it is committed") {
  gated_broker b;
  auto join = request_of(queue_op::join, "q");
  join.timeout_ms = 60'000;
  b.r.put(b.r.asker, "1");
  b.r.send(b.r.asker, join);
  caf::scoped_actor putter{b.r.system};
  b.r.put(putter, "2");
  b.store.close();
  b.r.send(putter, running_broker::put_of("3"));
  b.store.await_commit();
  caf::scoped_actor owner{b.r.system};
  auto drain = owner->request(b.r.broker, running_broker::patience, proto::drain{1'000});
  b.r.send(putter, running_broker::put_of("4"));
  b.store.let_through();
  b.store.await_commit();
  CHECK(b.r.next(putter).code == errc::none);
  gated_broker::has_no_answer(b.r.asker);
  b.store.open();
  bool done = false;
  drain.receive([&](bool all) { done = all; },
                [](const caf::error& why) { FAIL(caf::to_string(why)); });
  CHECK(done);
  CHECK(b.r.next(b.r.asker).code == errc::unavailable);
  CHECK(b.r.next(putter).code == errc::none);
}

TEST_CASE("what was sent to a broker before its exit is done and answered, and no thread is left") {
  std::optional<gated_broker> b{std::in_place};
  std::list<caf::scoped_actor> askers;
  b->store.close();
  b->r.send(askers.emplace_back(b->r.system), running_broker::put_of("1"));
  b->store.await_commit();
  for (int i = 0; i < 3; ++i)
    b->r.send(askers.emplace_back(b->r.system), running_broker::put_of("2"));
  auto& consumer = askers.emplace_back(b->r.system);
  b->r.send(consumer, running_broker::lease(0, 3'600'000)); // has a tick an hour ahead
  b->r.end();
  b->store.open();
  for (auto& each : askers)
    CHECK(b->r.next(each).code == errc::none);
  consumer->wait_for(b->r.broker);
  askers.clear();
  b.reset(); // waits for the broker's thread
}
