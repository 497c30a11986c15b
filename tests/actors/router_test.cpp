// The router as an actor: scoped actors stand for its agents and bridges.
#include "actors/router.hpp"

#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/router_rig.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <optional>
#include <string>

using namespace squall;
using namespace squall::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds patience{10};

/// A router in an actor system of its own, and one bridge.
class running_router {
public:
  running_router() { number = attach(bridge); }
  ~running_router() { caf::anon_send_exit(router, caf::exit_reason::user_shutdown); }

  std::uint64_t id(std::uint64_t n) const {
    return (std::uint64_t{number} << proto::bridge_shift) | n;
  }

  std::uint8_t attach(caf::scoped_actor& who) const {
    std::uint8_t out = 0;
    who->request(router, patience, caf::actor_cast<caf::actor>(who.ptr()))
        .receive([&](std::uint8_t given) { out = given; }, fail_with);
    return out;
  }

  proto::join_request request(caf::scoped_actor& agent, const std::string& name,
                              std::uint32_t slots) {
    proto::join_request out;
    out.who = worker_named(name);
    out.pools = {offer("prime", slots)};
    out.agent = caf::actor_cast<proto::agent_actor>(caf::actor_cast<caf::actor>(agent.ptr()));
    return out;
  }

  std::uint64_t join(caf::scoped_actor& agent, const std::string& name, std::uint32_t slots) {
    std::uint64_t out = 0;
    agent->request(router, patience, request(agent, name, slots))
        .receive(
            [&](const proto::join_answer& answer) {
              CHECK(answer.gateway == "gateway of the test");
              out = answer.worker;
            },
            fail_with);
    return out;
  }

  void call(std::uint64_t n, std::uint32_t timeout_ms = 0) const {
    proto::submit_batch batch;
    batch.calls.push_back(submission_of(id(n), "prime", 1, 5, timeout_ms));
    caf::anon_send(router, std::move(batch));
  }

  proto::router_status status() const {
    proto::router_status out;
    bridge->request(router, patience, proto::get_status{})
        .receive([&](const proto::router_status& now) { out = now; }, fail_with);
    return out;
  }

  static void answer(const proto::router_actor& to, std::uint64_t worker,
                     const proto::call_batch& calls) {
    proto::result_batch batch;
    batch.worker = worker;
    for (const auto& call : calls.calls)
      batch.results.push_back({call.id, call.attempt, proto::errc::none, 1, call.params, ""});
    caf::anon_send(to, std::move(batch));
  }

  static void fail_with(const caf::error& error) { FAIL("error " << caf::to_string(error)); }

  proto::system_config config{{}};
  caf::actor_system system{config};
  proto::router_actor router = actors::router(system, {"gateway of the test", {}});
  caf::scoped_actor bridge{system};
  std::uint8_t number = 0;
};

/// The next message of type `T`; others before it are thrown away.
template <class T>
T next(caf::scoped_actor& at) {
  std::optional<T> out;
  bool late = false;
  at->receive_while([&] { return !out && !late; })([&](T& message) { out = std::move(message); },
                                                   [](const proto::kinds_changed&) {},
                                                   caf::after(patience) >> [&] { late = true; });
  REQUIRE(out);
  return std::move(*out);
}

template <>
proto::kinds_changed next(caf::scoped_actor& at) {
  std::optional<proto::kinds_changed> out;
  at->receive([&](proto::kinds_changed& message) { out = std::move(message); },
              caf::after(patience) >> [] {});
  REQUIRE(out);
  return std::move(*out);
}

} // namespace

TEST_CASE("a call travels from bridge to agent and its answer back") {
  running_router r;
  CHECK(r.number == 1);
  caf::scoped_actor agent{r.system};
  const auto worker = r.join(agent, "w", 2);
  r.call(7);
  const auto calls = next<proto::call_batch>(agent);
  REQUIRE(calls.calls.size() == 1);
  CHECK(calls.calls[0].id == r.id(7));
  running_router::answer(r.router, worker, calls);
  const auto answers = next<proto::answer_batch>(r.bridge);
  REQUIRE(answers.results.size() == 1);
  CHECK(answers.results[0].id == r.id(7));
}

TEST_CASE("from a bridge to an agent of the same process and back messages are moved") {
  running_router r;
  caf::scoped_actor agent{r.system};
  const auto worker = r.join(agent, "w", 2);
  proto::submit_batch batch;
  batch.calls.push_back(submission_of(r.id(1), "prime"));
  batch.calls[0].work.params = std::string(10'000, '7');
  const void* bytes = batch.calls[0].work.params.data();
  caf::anon_send(r.router, std::move(batch));
  auto calls = next<proto::call_batch>(agent);
  CHECK(calls.calls.at(0).params.data() == bytes);
  proto::result_batch done;
  done.worker = worker;
  done.results.push_back(
      {r.id(1), 1, proto::errc::none, 1, std::move(calls.calls.at(0).params), ""});
  caf::anon_send(r.router, std::move(done));
  CHECK(next<proto::answer_batch>(r.bridge).results.at(0).body.data() == bytes);
}

TEST_CASE("a new bridge is told of the kinds, and again when a worker comes and goes") {
  running_router r;
  CHECK(next<proto::kinds_changed>(r.bridge).kinds.empty());
  std::optional<caf::scoped_actor> agent{r.system};
  r.join(*agent, "w", 3);
  CHECK(next<proto::kinds_changed>(r.bridge).kinds.at(0).slots == 3);
  caf::scoped_actor second{r.system};
  CHECK(r.attach(second) == 2);
  CHECK(next<proto::kinds_changed>(second).kinds.at(0).info.name == "prime");
  agent.reset();
  CHECK(next<proto::kinds_changed>(r.bridge).kinds.at(0).slots == 0);
}

TEST_CASE("the kinds that a router is told to expect are known from its start") {
  proto::system_config config{{}};
  caf::actor_system system{config};
  const auto router = actors::router(system, {"gateway", {}, {"prime"}});
  {
    caf::scoped_actor bridge{system};
    caf::anon_send(router, caf::actor_cast<caf::actor>(bridge.ptr()));
    CHECK(next<proto::kinds_changed>(bridge).kinds.at(0).info.name == "prime");
  }
  caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
}

TEST_CASE("an agent that ends has its calls done by another") {
  running_router r;
  std::optional<caf::scoped_actor> one{r.system};
  r.join(*one, "one", 1);
  r.call(1);
  CHECK(next<proto::call_batch>(*one).calls.at(0).attempt == 1);
  caf::scoped_actor two{r.system};
  const auto worker = r.join(two, "two", 1);
  one.reset();
  const auto calls = next<proto::call_batch>(two);
  CHECK(calls.calls.at(0).attempt == 2);
  running_router::answer(r.router, worker, calls);
  CHECK(next<proto::answer_batch>(r.bridge).results.at(0).id == r.id(1));
  CHECK(r.status().workers.size() == 1);
}

TEST_CASE("a worker that joins again is there once, and its old agent's end changes nothing") {
  running_router r;
  std::optional<caf::scoped_actor> before{r.system};
  r.join(*before, "w", 1);
  caf::scoped_actor after{r.system};
  r.join(after, "w", 1);
  before.reset();
  r.call(1);
  CHECK(next<proto::call_batch>(after).calls.at(0).id == r.id(1));
  CHECK(r.status().workers.size() == 1);
}

TEST_CASE("a call's deadline is watched, and its worker told") {
  running_router r;
  caf::scoped_actor agent{r.system};
  r.join(agent, "w", 1);
  r.call(1, 20);
  CHECK(next<proto::call_batch>(agent).calls.size() == 1);
  const auto answers = next<proto::answer_batch>(r.bridge);
  CHECK(answers.results.at(0).code == proto::errc::deadline_exceeded);
  CHECK(next<proto::call_batch>(agent).cancelled.at(0) == r.id(1));
}

TEST_CASE("a worker that leaves gets no more calls") {
  running_router r;
  caf::scoped_actor agent{r.system};
  const auto worker = r.join(agent, "w", 1);
  caf::anon_send(r.router, proto::leave{worker});
  r.call(1, 20);
  CHECK(next<proto::answer_batch>(r.bridge).results.at(0).code == proto::errc::deadline_exceeded);
  CHECK(r.status().workers.at(0).draining);
}

TEST_CASE("the calls of a bridge that ends are cancelled") {
  running_router r;
  caf::scoped_actor agent{r.system};
  r.join(agent, "w", 1);
  std::optional<caf::scoped_actor> second{r.system};
  r.number = r.attach(*second);
  r.call(1);
  CHECK(next<proto::call_batch>(agent).calls.size() == 1);
  second.reset();
  CHECK(next<proto::call_batch>(agent).cancelled.at(0) == r.id(1));
}

TEST_CASE("a drain ends when the last call is answered, and lets no worker in") {
  running_router r;
  caf::scoped_actor agent{r.system};
  const auto worker = r.join(agent, "w", 1);
  r.call(1);
  const auto calls = next<proto::call_batch>(agent);
  auto drained = r.bridge->request(r.router, patience, proto::drain{5'000});
  CHECK(r.status().draining);
  caf::scoped_actor late{r.system};
  late->request(r.router, patience, r.request(late, "late", 1))
      .receive([](const proto::join_answer&) { FAIL("joined a router that drains"); },
               [](const caf::error& error) {
                 CHECK_THAT(caf::to_string(error),
                            Catch::Matchers::ContainsSubstring("the gateway is draining"));
               });
  running_router::answer(r.router, worker, calls);
  std::optional<bool> finished;
  drained.receive([&](bool all) { finished = all; }, running_router::fail_with);
  CHECK(finished == true);
}

TEST_CASE("a drain says when its time was over before everything was finished") {
  running_router r;
  caf::scoped_actor agent{r.system};
  r.join(agent, "w", 1);
  r.call(1);
  CHECK(next<proto::call_batch>(agent).calls.size() == 1);
  std::optional<bool> finished;
  r.bridge->request(r.router, patience, proto::drain{30})
      .receive([&](bool all) { finished = all; }, running_router::fail_with);
  CHECK(finished == false);
}

TEST_CASE("a router without calls drains at once") {
  running_router r;
  std::optional<bool> finished;
  r.bridge->request(r.router, patience, proto::drain{60'000})
      .receive([&](bool all) { finished = all; }, running_router::fail_with);
  CHECK(finished == true);
}
