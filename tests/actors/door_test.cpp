#include "actors/door.hpp"

#include "actors/router.hpp"
#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

using namespace squall;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

TEST_CASE("a worker of our protocol version is let in") {
  const auto answer = actors::answer_greeting({proto::protocol_version, "9.9.9", "w"});
  CHECK(answer.accepted);
  CHECK(answer.protocol == proto::protocol_version);
  CHECK(answer.reason.empty());
}

TEST_CASE("a worker of another version is refused, and told which side to upgrade") {
  const auto older = actors::answer_greeting({proto::protocol_version - 1, "0.0.1", "old"});
  CHECK_FALSE(older.accepted);
  CHECK_THAT(older.reason, ContainsSubstring("worker \"old\" (squall 0.0.1) speaks protocol " +
                                             std::to_string(proto::protocol_version - 1)));
  CHECK_THAT(older.reason,
             ContainsSubstring("speaks protocol " + std::to_string(proto::protocol_version) + ":"));
  CHECK_THAT(older.reason, EndsWith("upgrade the worker"));
  const auto newer = actors::answer_greeting({proto::protocol_version + 1, "2.0.0", "new"});
  CHECK_THAT(newer.reason, EndsWith("upgrade the gateway"));
}

TEST_CASE("the door answers greetings and gives the router") {
  proto::system_config config{{}};
  caf::actor_system system{config};
  const auto router = actors::router(system, {});
  const auto door = actors::door(system, router);
  caf::scoped_actor self{system};
  const std::chrono::seconds patience{10};
  const auto fail = [](const caf::error& error) { FAIL(caf::to_string(error)); };
  self->request(door, patience, proto::greeting{proto::protocol_version, "1", "w"})
      .receive([](const proto::welcome& answer) { CHECK(answer.accepted); }, fail);
  self->request(door, patience, proto::enter{})
      .receive([&](const proto::router_port& given) { CHECK(given.address() == router.address()); },
               fail);
  caf::anon_send_exit(door, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(router, caf::exit_reason::user_shutdown);
}
