#include "workers/crew.hpp"

#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>

using namespace squall;
using namespace std::chrono_literals;

namespace {

struct rig {
  proto::system_config config{proto::system_options{}};
  caf::actor_system system{config};
  workers::registry kinds = workers::built_in_kinds();
};

} // namespace

TEST_CASE("a crew is alive while its agent and its event loop answer") {
  rig at;
  workers::crew crew{
      at.system, workers::describe_process("w", false), {{"sleep", 1}}, {}, at.kinds};
  CHECK(crew.alive(20s));
  CHECK(crew.alive(20s));
}

TEST_CASE("a crew whose agent is gone is not alive") {
  rig at;
  workers::crew crew{at.system, workers::describe_process("w", false), {}, {}, at.kinds};
  caf::scoped_actor self{at.system};
  self->send_exit(crew.agent(), caf::exit_reason::kill);
  self->wait_for(crew.agent());
  CHECK(!crew.alive(20s));
}
