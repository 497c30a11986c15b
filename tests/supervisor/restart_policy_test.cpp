#include "deploy/supervisor/restart_policy.hpp"

#include "tests/support/catch.hpp"

using namespace squall::supervisor;
using std::chrono::milliseconds;

TEST_CASE("pauses double from a second to half a minute, shortened by up to a half") {
  restart_policy policy(1);
  for (milliseconds full = restart_policy::first; full < milliseconds(300'000); full *= 2) {
    const auto pause = policy.next(milliseconds(0));
    CHECK(pause >= std::min(full, restart_policy::most) / 2);
    CHECK(pause <= std::min(full, restart_policy::most));
  }
}

TEST_CASE("a process that ran well is started again soon") {
  restart_policy policy(1);
  for (int i = 0; i < 10; ++i)
    policy.next(milliseconds(100));
  CHECK(policy.next(restart_policy::ran_well) <= restart_policy::first);
}
