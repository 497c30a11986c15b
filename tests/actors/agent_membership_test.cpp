#include "actors/agent.hpp"

#include "tests/actors/agent_handlers.hpp"

#include <future>

using namespace squall;
using namespace squall::test;
using actors::outcome;

namespace {

bool drained(agent_fixture& fixture, std::uint32_t within_ms) {
  caf::scoped_actor self{fixture.system()};
  bool answer = false;
  self->request(fixture.agent, caf::infinite, proto::drain{within_ms})
      .receive([&](bool finished) { answer = finished; },
               [&](const caf::error& why) { FAIL(fixture.system().render(why)); });
  return answer;
}

} // namespace

TEST_CASE("two gateways share an agent, and what one has the other may not have") {
  auto keep = std::make_shared<keeper>();
  agent_fixture fixture{{{kept_by(keep), 8}}};
  auto [first, first_log] = fixture.add_gateway();
  auto [second, second_log] = fixture.add_gateway();
  first_log->wait([](auto& log) { return log.windows_["kept"] == 4; });
  CHECK(second_log->joins_.front().pools.front().window == 4);
  caf::anon_send(first, batch_of(1, 4, "kept"));
  second_log->wait([](auto& log) { return log.windows_["kept"] == 2; });
  first_log->wait([](auto& log) { return log.windows_["kept"] == 6; });
  caf::anon_send(second, batch_of(1, 1, "kept"));
  for (int i = 0; i < 5; ++i)
    REQUIRE(keep->started.try_acquire_for(patience));
  for (std::size_t i = 0; i < 5; ++i)
    keep->take(i)(outcome::ok("1"));
  first_log->wait_answers(4);
  second_log->wait_answers(1);
  CHECK(second_log->result(1).code == proto::errc::none);
}

TEST_CASE("a lost gateway's calls are stopped, and its share goes to the others") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [first, first_log] = fixture.add_gateway();
  auto [second, second_log] = fixture.add_gateway();
  caf::anon_send(first, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  caf::anon_send_exit(first, caf::exit_reason::kill);
  caf::anon_send(second, one_call(make_call(1, "gated")));
  second_log->wait_answers(1);
  if (!second_log->returned_.empty()) {
    second_log->wait([](auto& log) { return log.windows_["gated"] == 1; });
    caf::anon_send(second, one_call(make_call(2, "gated")));
    CHECK(second_log->result(2).code == proto::errc::none);
  }
}

TEST_CASE("a draining agent leaves its gateways, finishes what it has, and says so") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  auto end = std::async(std::launch::async, [&] { return drained(fixture, 20'000); });
  log->wait([](auto& log) { return log.leaves_ == 1; });
  CHECK(log->results_.empty());
  at->opened.set_value();
  CHECK(end.get());
  CHECK(log->result(1).code == proto::errc::none);
}

TEST_CASE("a drain that takes too long says that something was left") {
  auto at = std::make_shared<gate>();
  agent_fixture fixture{{{gated(at), 1}}};
  auto [router, log] = fixture.add_gateway();
  caf::anon_send(router, one_call(make_call(1, "gated", "wait")));
  at->wait_entered();
  CHECK_FALSE(drained(fixture, 50));
}

TEST_CASE("an agent without gateways drains at once, and joins no gateway afterwards") {
  agent_fixture fixture{{{echo(), 1}}};
  CHECK(drained(fixture, 20'000));
  auto log = std::make_shared<router_log>();
  auto router = fixture.system().spawn(fake_router_behavior, log, std::uint64_t{1});
  CHECK_FALSE(actors::join_local(fixture.system(), fixture.agent, router));
  caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
}

TEST_CASE("joining a gateway twice gives the first answer again") {
  agent_fixture fixture{{{echo(), 1}}};
  auto [router, log] = fixture.add_gateway();
  auto again = actors::join_local(fixture.system(), fixture.agent, router);
  REQUIRE(again);
  CHECK(again->worker == 1);
  CHECK(log->joins_.size() == 1);
}
