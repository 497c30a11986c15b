// The broker as an actor, with a thread of its own and without.
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/actors/queue/running_broker.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <optional>

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST_CASE("a lease that waits is answered as soon as another asker puts") {
  running_broker r{GENERATE(false, true)};
  const auto lease = r.send(r.asker, running_broker::lease(60'000));
  caf::scoped_actor other{r.system};
  CHECK(r.put(other, "1").code == errc::none);
  const auto answer = r.next(r.asker);
  CHECK(answer.id == lease);
  CHECK(answer.items.at(0).body == "1");
}

TEST_CASE("leases of an asker that ends go to who waits") {
  running_broker r{GENERATE(false, true)};
  r.put(r.asker, "1");
  std::optional<caf::scoped_actor> holder{r.system};
  CHECK(r.ask(*holder, running_broker::lease(0)).items.at(0).attempt == 1);
  r.send(r.asker, running_broker::lease(60'000));
  holder.reset();
  CHECK(r.next(r.asker).items.at(0).attempt == 2);
}

TEST_CASE("waits, leases and pauses end by themselves, in the order of their times") {
  running_broker r{GENERATE(false, true)};
  const auto began = steady_clock::now();
  // A broker's times are whole milliseconds: each of them may end up to one early.
  const auto passed = [&] { return steady_clock::now() - began + milliseconds{1}; };
  r.put(r.asker, "1");
  const auto item = r.ask(r.asker, running_broker::lease(0, 300)).items.at(0);
  const auto again = r.send(r.asker, running_broker::lease(60'000));
  const auto short_wait = r.send(r.asker, running_broker::lease(20));
  CHECK(r.next(r.asker).id == short_wait);
  CHECK(passed() >= milliseconds{20});
  const auto answer = r.next(r.asker);
  CHECK(answer.id == again);
  CHECK(passed() >= milliseconds{300});
  auto nack = request_of(queue_op::nack, "");
  nack.lease = answer.items.at(0).lease;
  nack.delay_ms = 30;
  CHECK(r.ask(r.asker, nack).code == errc::none);
  CHECK(r.ask(r.asker, running_broker::lease(60'000)).items.at(0).attempt == 3);
  CHECK(passed() >= milliseconds{329});
  CHECK(passed() < running_broker::patience);
}

TEST_CASE("a wait that is taken back takes no item") {
  running_broker r{GENERATE(false, true)};
  const auto lease = r.send(r.asker, running_broker::lease(60'000));
  r.asker->send(r.broker, proto::queue_batch{{}, {lease}, {}});
  r.put(r.asker, "1");
  CHECK(r.ask(r.asker, running_broker::lease(0)).items.at(0).attempt == 1);
}

TEST_CASE("a batch of nobody is done and not answered") {
  running_broker r{GENERATE(false, true)};
  auto put = request_of(queue_op::put, "q");
  put.id = 7;
  put.items = items_of({"1"});
  caf::anon_send(r.broker, proto::queue_batch{{put}, {}, {}});
  CHECK(r.ask(r.asker, running_broker::lease(60'000)).items.at(0).body == "1");
}

TEST_CASE("who runs a job is told when another cancels it, and who waits for it gets it") {
  running_broker r{GENERATE(false, true)};
  const auto job = r.ask(r.asker, put_jobs_of("q", jobs_of("a", {"1"}))).jobs.at(0).id;
  caf::scoped_actor runner{r.system};
  const auto lease = r.ask(runner, lease_of("q", {"a"}, 60'000)).items.at(0).lease;
  caf::scoped_actor waits{r.system};
  const auto get = r.send(waits, get_of({job}, 60'000));
  CHECK(r.ask(waits, get_of({job})).jobs.at(0).state == proto::item_state::leased);
  CHECK(r.ask(r.asker, cancel_of(job)).jobs.at(0).state == proto::item_state::cancelled);
  runner->receive(
      [&](const proto::queue_answers& batch) {
        CHECK(batch.answers.empty());
        CHECK(batch.revoked == std::vector{lease});
      },
      caf::after(running_broker::patience) >> [] { FAIL("nothing was revoked"); });
  const auto answer = r.next(waits);
  CHECK(answer.id == get);
  CHECK(answer.jobs.at(0).state == proto::item_state::cancelled);
}

TEST_CASE("a drain answers who waits, and is answered") {
  running_broker r{GENERATE(false, true)};
  const auto lease = r.send(r.asker, running_broker::lease(60'000));
  caf::scoped_actor owner{r.system};
  std::optional<bool> done;
  owner->request(r.broker, running_broker::patience, proto::drain{1'000})
      .receive([&](bool all) { done = all; },
               [](const caf::error& why) { FAIL(caf::to_string(why)); });
  CHECK(done == true);
  const auto answer = r.next(r.asker);
  CHECK(answer.id == lease);
  CHECK(answer.items.empty());
  CHECK(r.ask(r.asker, running_broker::lease(60'000)).items.empty());
}
