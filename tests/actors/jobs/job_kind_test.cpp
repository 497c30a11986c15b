#include "actors/jobs/job_kind.hpp"

#include "tests/support/catch.hpp"

using namespace squall;
using namespace std::chrono_literals;
using actors::job_kind;

TEST_CASE(
    "a kind has a token for each slot, and more when its jobs are short, but so many at most") {
  job_kind kind{"prime", 1};
  CHECK(kind.tokens() == 0);
  kind.set_slots(4);
  CHECK(kind.tokens() == 4);
  kind.ran(100'000);
  CHECK(kind.tokens() == 4);
  for (int i = 0; i < 200; ++i)
    kind.ran(1'000);
  CHECK(kind.tokens() == 4 + 40 - 1); // the first one still weighs a little
  for (int i = 0; i < 200; ++i)
    kind.ran(0);
  CHECK(kind.tokens() == 4 + job_kind::most_ahead);
  kind.set_slots(0);
  CHECK(kind.tokens() == 0);
}

TEST_CASE(
    "a kind that is refused again and again pauses for longer, up to a bound, until a job runs") {
  job_kind kind{"prime", 1};
  kind.set_slots(1);
  auto now = job_kind::time_point{1h};
  auto pause = job_kind::first_pause;
  for (int i = 0; i < 10; ++i) {
    CHECK(kind.refused(now));
    CHECK_FALSE(kind.refused(now));
    CHECK(kind.next(now).empty());
    CHECK(kind.next_look() == now + pause);
    now += pause;
    pause = std::min(2 * pause, job_kind::longest_pause);
  }
  CHECK(pause == job_kind::longest_pause);
  kind.ran(1'000);
  CHECK(kind.refused(now));
  CHECK(kind.next_look() == now + job_kind::first_pause);
  CHECK(kind.next(now + job_kind::first_pause).size() == 1);
}
