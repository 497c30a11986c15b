// An agent whose pools change while it works.
#include "actors/agent.hpp"

#include "tests/actors/agent_handlers.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace squall;
using namespace squall::test;

namespace {

using sizes = std::vector<proto::pool_size>;

/// Waits until the agent and its gateways have changed.
bool change(agent_fixture& at, sizes pools) {
  bool told = false;
  caf::scoped_actor self{at.system()};
  self->request(at.agent, patience, proto::offer_order{std::move(pools), {}})
      .receive([&](bool all) { told = all; },
               [](const caf::error& why) { FAIL(caf::to_string(why)); });
  return told;
}

/// "KIND=SLOTS/WINDOW ..." of the last change.
std::string offer_of(router_log& log) {
  std::string text;
  log.wait([&](auto& log) {
    for (const auto& each : log.offers_.back())
      text += (text.empty() ? "" : " ") + each.kind.name + "=" + std::to_string(each.slots) + "/" +
              std::to_string(each.window);
    return true;
  });
  return text;
}

/// Of this process.
std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {});
}

void send_waiting(const fake_router& router, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t id = first; id < first + count; ++id)
    caf::anon_send(router, one_call(make_call(id, "gated", "wait")));
}

} // namespace

TEST_CASE("a pool grows, and every gateway knows before the order is answered") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [one, first] = fixture.add_gateway();
  auto [two, second] = fixture.add_gateway();
  send_waiting(one, 1, 1);
  at->wait_entered();
  CHECK(change(fixture, {{"gated", 4}}));
  CHECK(offer_of(*first) == "gated=4/3");
  CHECK(offer_of(*second) == "gated=4/2");
  send_waiting(one, 2, 3);
  for (int i = 0; i < 3; ++i)
    at->wait_entered();
  at->opened.set_value();
  first->wait_answers(4);
}

TEST_CASE("a pool shrinks: what runs is finished, and the window falls with it") {
  auto at = std::make_shared<keeper>();
  agent_fixture fixture{{{kept_by(at), 100}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, batch_of(1, 100, "kept"));
  for (int i = 0; i < 100; ++i)
    REQUIRE(at->started.try_acquire_for(patience));
  CHECK(change(fixture, {{"kept", 10}}));
  CHECK(offer_of(*log) == "kept=10/100");
  for (std::size_t i = 0; i < 95; ++i) {
    at->take(i)(outcome::ok("1"));
    // Each call less is one less, until there are as many as slots.
    const auto window = std::max<std::size_t>(10, 99 - i);
    log->wait(
        [&](auto& log) { return log.results_.size() == i + 1 && log.windows_["kept"] == window; });
  }
  for (std::size_t i = 95; i < 100; ++i)
    at->take(i)(outcome::ok("1"));
  log->wait_answers(100);
  caf::anon_send(router, batch_of(101, 11, "kept"));
  for (int i = 0; i < 10; ++i)
    REQUIRE(at->started.try_acquire_for(patience));
  CHECK(at->kept.size() == 110);
  for (std::size_t i = 100; i < 110; ++i)
    at->take(i)(outcome::ok("1"));
  log->wait([](auto& log) { return log.results_.size() + log.returned_.size() >= 110; });
}

TEST_CASE("the threads of slots that were busy when their pool shrank end with their calls") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 8}}};
  auto [router, log] = fixture.add_gateway();
  send_waiting(router, 1, 8);
  for (int i = 0; i < 8; ++i)
    at->wait_entered();
  const auto before = threads();
  CHECK(change(fixture, {{"gated", 1}}));
  at->opened.set_value();
  log->wait_answers(8);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (threads() > before - 7 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(1ms); // nobody tells that a thread has ended
  CHECK(threads() <= before - 7);
}

TEST_CASE("a pool that goes finishes what it runs and gives back what waits, after its word") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}, {echo(), 1}}};
  auto [router, log] = fixture.add_gateway();
  send_waiting(router, 1, 1);
  at->wait_entered();
  caf::anon_send(router, batch_of(2, 1, "gated"));
  CHECK(change(fixture, {{"echo", 1}}));
  CHECK(offer_of(*log) == "echo=1/1");
  log->wait([](auto& log) { return log.returned_ == std::vector<std::uint64_t>{2}; });
  // Sent before the gateway knew.
  caf::anon_send(router, batch_of(3, 1, "gated"));
  log->wait([](auto& log) { return log.returned_.size() == 2; });
  at->opened.set_value();
  CHECK(log->result(1).code == proto::errc::none);
  caf::anon_send(router, batch_of(4, 1, "echo"));
  CHECK(log->result(4).code == proto::errc::none);
}

TEST_CASE("a pool that comes back goes on beside the call that it ran when it went") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 2}}};
  auto [router, log] = fixture.add_gateway();
  send_waiting(router, 1, 1);
  at->wait_entered();
  CHECK(change(fixture, {}));
  CHECK(change(fixture, {{"gated", 2}}));
  CHECK(offer_of(*log) == "gated=2/2");
  send_waiting(router, 2, 1);
  at->wait_entered();
  at->opened.set_value();
  CHECK(log->result(1).code == proto::errc::none);
  CHECK(log->result(2).code == proto::errc::none);
}

TEST_CASE("calls are answered once each while their pool changes all the time") {
  agent_fixture fixture{{{echo(), 3}}};
  auto [router, log] = fixture.add_gateway();
  constexpr std::uint64_t rounds = 60;
  constexpr std::uint64_t each = 200;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    caf::anon_send(router, batch_of(1 + i * each, each, "echo"));
    const auto slots = static_cast<std::uint32_t>(i % 5);
    CHECK(change(fixture, slots == 0 ? sizes{} : sizes{{"echo", slots}}));
  }
  log->wait_answers(rounds * each);
  for (auto id : log->returned_)
    REQUIRE_FALSE(log->results_.contains(id));
  auto returned = log->returned_;
  std::ranges::sort(returned);
  CHECK(std::ranges::adjacent_find(returned) == returned.end());
  CHECK(log->results_.size() + returned.size() == rounds * each);
}

TEST_CASE("a draining agent changes nothing any more") {
  agent_fixture fixture{{{echo(), 1}}};
  caf::scoped_actor self{fixture.system()};
  self->request(fixture.agent, patience, proto::drain{1'000})
      .receive([](bool) {}, [](const caf::error&) {});
  bool refused = false;
  self->request(fixture.agent, patience, proto::offer_order{{{"echo", 2}}, {}})
      .receive([](bool) {}, [&](const caf::error&) { refused = true; });
  CHECK(refused);
}
