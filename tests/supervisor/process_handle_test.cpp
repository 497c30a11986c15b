#include "deploy/supervisor/process_handle.hpp"

#include "tests/support/catch.hpp"

#include <future>
#include <thread>

using namespace squall::supervisor;

TEST_CASE("the number of a process that is there leads to it, and to none that had it before") {
  const auto own = identify(::getpid());
  REQUIRE(own);
  CHECK(open_process(*own));
  CHECK_FALSE(open_process({own->pid, own->started + 1}));
}

TEST_CASE("a number that is a thread's by now leads to no process") {
  std::promise<pid_t> told;
  std::promise<void> end;
  std::thread other([&] {
    told.set_value(::gettid());
    end.get_future().wait();
  });
  const auto number = told.get_future().get();
  const auto id = identify(number); // /proc knows threads by their numbers, too
  descriptor found;
  CHECK_NOTHROW(found = open_process(id.value_or(process_id{number, 0})));
  CHECK_FALSE(found);
  end.set_value();
  other.join();
}
