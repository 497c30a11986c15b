// The broker as an actor: scoped actors stand for its askers.
#include "actors/queue/broker.hpp"

#include "actors/queue/memory_store.hpp"
#include "proto/system_config.hpp"
#include "tests/actors/queue/broker_rig.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <optional>
#include <string>

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using std::chrono::milliseconds;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds patience{20};

/// A broker in an actor system of its own, with a queue "q".
class running_broker {
public:
  running_broker() {
    auto define = request_of(queue_op::define, "q");
    CHECK(ask(asker, define).created);
  }
  ~running_broker() { caf::anon_send_exit(broker, caf::exit_reason::user_shutdown); }

  /// Gives the number of the request.
  std::uint64_t send(caf::scoped_actor& from, proto::queue_request request) {
    request.id = ++last;
    proto::queue_batch batch;
    batch.requests.push_back(std::move(request));
    from->send(broker, std::move(batch));
    return last;
  }

  proto::queue_answer next(caf::scoped_actor& at) const {
    proto::queue_answer out;
    at->receive(
        [&](proto::queue_answers& batch) {
          CHECK(at->current_sender() == broker);
          CHECK(batch.answers.size() == 1);
          out = std::move(batch.answers.at(0));
        },
        caf::after(patience) >> [] { FAIL("no answer"); });
    return out;
  }

  proto::queue_answer ask(caf::scoped_actor& from, proto::queue_request request) {
    const auto id = send(from, std::move(request));
    auto out = next(from);
    CHECK(out.id == id);
    return out;
  }

  proto::queue_answer put(caf::scoped_actor& from, const std::string& body) {
    auto put = request_of(queue_op::put, "q");
    put.items = items_of({body});
    return ask(from, put);
  }

  static proto::queue_request lease(std::uint32_t timeout_ms, std::uint32_t lease_ms = 0) {
    auto out = request_of(queue_op::lease, "q");
    out.timeout_ms = timeout_ms;
    out.lease_ms = lease_ms;
    return out;
  }

  proto::system_config config{{}};
  caf::actor_system system{config};
  proto::broker_actor broker{actors::broker(system, {actors::make_memory_store(1 << 20), 1 << 20})};
  caf::scoped_actor asker{system};
  std::uint64_t last = 0;
};

} // namespace

TEST_CASE("a lease that waits is answered as soon as another asker puts") {
  running_broker r;
  const auto lease = r.send(r.asker, running_broker::lease(60'000));
  caf::scoped_actor other{r.system};
  CHECK(r.put(other, "1").code == errc::none);
  const auto answer = r.next(r.asker);
  CHECK(answer.id == lease);
  CHECK(answer.items.at(0).body == "1");
}

TEST_CASE("leases of an asker that ends go to who waits") {
  running_broker r;
  r.put(r.asker, "1");
  std::optional<caf::scoped_actor> holder{r.system};
  CHECK(r.ask(*holder, running_broker::lease(0)).items.at(0).attempt == 1);
  r.send(r.asker, running_broker::lease(60'000));
  holder.reset();
  CHECK(r.next(r.asker).items.at(0).attempt == 2);
}

TEST_CASE("waits, leases and pauses end by themselves, in the order of their times") {
  running_broker r;
  const auto began = clock_type::now();
  const auto passed = [&] { return clock_type::now() - began; };
  r.put(r.asker, "1");
  const auto item = r.ask(r.asker, running_broker::lease(0, 40)).items.at(0);
  const auto again = r.send(r.asker, running_broker::lease(60'000));
  const auto short_wait = r.send(r.asker, running_broker::lease(20));
  CHECK(r.next(r.asker).id == short_wait);
  CHECK(passed() >= milliseconds{20});
  const auto answer = r.next(r.asker);
  CHECK(answer.id == again);
  CHECK(passed() >= milliseconds{40});
  auto nack = request_of(queue_op::nack, "");
  nack.lease = answer.items.at(0).lease;
  nack.delay_ms = 30;
  CHECK(r.ask(r.asker, nack).code == errc::none);
  CHECK(r.ask(r.asker, running_broker::lease(60'000)).items.at(0).attempt == 3);
  CHECK(passed() >= milliseconds{70});
  CHECK(passed() < patience);
}

TEST_CASE("a wait that is taken back takes no item") {
  running_broker r;
  const auto lease = r.send(r.asker, running_broker::lease(60'000));
  r.asker->send(r.broker, proto::queue_batch{{}, {lease}, {}});
  r.put(r.asker, "1");
  CHECK(r.ask(r.asker, running_broker::lease(0)).items.at(0).attempt == 1);
}

TEST_CASE("a batch of nobody is done and not answered") {
  running_broker r;
  auto put = request_of(queue_op::put, "q");
  put.id = 7;
  put.items = items_of({"1"});
  caf::anon_send(r.broker, proto::queue_batch{{put}, {}, {}});
  CHECK(r.ask(r.asker, running_broker::lease(60'000)).items.at(0).body == "1");
}

TEST_CASE("a drain answers who waits, and is answered") {
  running_broker r;
  const auto lease = r.send(r.asker, running_broker::lease(60'000));
  caf::scoped_actor owner{r.system};
  std::optional<bool> done;
  owner->request(r.broker, patience, proto::drain{1'000})
      .receive([&](bool all) { done = all; },
               [](const caf::error& why) { FAIL(caf::to_string(why)); });
  CHECK(done == true);
  const auto answer = r.next(r.asker);
  CHECK(answer.id == lease);
  CHECK(answer.items.empty());
  CHECK(r.ask(r.asker, running_broker::lease(60'000)).items.empty());
}
