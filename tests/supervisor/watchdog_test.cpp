#include "deploy/supervisor/watchdog.hpp"

#include "tests/support/catch.hpp"

using namespace squall::supervisor;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("one that says nothing for too long is told of once, until it is heard again") {
  watchdog dog(milliseconds(300));
  CHECK_FALSE(dog.pass(milliseconds(1'000))); // it began in that time
  CHECK_FALSE(dog.pass(milliseconds(299)));
  dog.heard();
  CHECK_FALSE(dog.pass(milliseconds(0)));
  CHECK_FALSE(dog.pass(milliseconds(200)));
  CHECK(dog.pass(milliseconds(100)));
  CHECK_FALSE(dog.pass(milliseconds(1'000)));
  dog.heard();
  CHECK_FALSE(dog.pass(milliseconds(0)));
  CHECK(dog.pass(milliseconds(300)));
}

TEST_CASE("looks that are far apart take none for silent that speaks between them") {
  watchdog dog(milliseconds(300));
  for (int i = 0; i < 10; ++i) {
    dog.heard();
    CHECK_FALSE(dog.pass(milliseconds(1'000)));
  }
}

TEST_CASE("without a limit nobody is silent for too long") {
  watchdog dog;
  CHECK_FALSE(dog.pass(std::chrono::hours(1)));
  CHECK_FALSE(dog.pass(std::chrono::hours(1)));
}

TEST_CASE("time in which the supervisor stood still does not count") {
  own_time::clock::time_point now;
  own_time time(now);
  CHECK(time.pass(now += milliseconds(110), milliseconds(100)) == milliseconds(110));
  CHECK(time.pass(now += seconds(3'600), milliseconds(100)) == milliseconds(200));
  CHECK(time.pass(now += milliseconds(100), milliseconds(100)) == milliseconds(100));
}
