#include "deploy/supervisor/child.hpp"

#include "tests/support/catch.hpp"

#include <boost/asio/io_context.hpp>

using namespace squall::supervisor;
using std::chrono::milliseconds;

namespace {

/// A handle of this process: nothing here sends it a signal.
std::shared_ptr<child> starting(boost::asio::io_context& context) {
  const auto own = process_id{::getpid(), 0};
  return std::make_shared<child>(context.get_executor(), process_spec(), own, open_child(own.pid),
                                 child_state::starting, 0, watchdog(milliseconds(100)));
}

const notice alive{::getpid(), {{"WATCHDOG", "1"}}};

} // namespace

TEST_CASE("one that starts may be silent until it has said that it is alive") {
  boost::asio::io_context context;
  const auto one = starting(context);
  for (int i = 0; i < 5; ++i)
    CHECK_FALSE(one->pass(milliseconds(100)));
  one->hear(alive);
  CHECK_FALSE(one->pass(milliseconds(100)));
  CHECK(one->pass(milliseconds(100)));
}

TEST_CASE("one that is ready may be silent no longer than its limit") {
  boost::asio::io_context context;
  const auto one = starting(context);
  one->hear({::getpid(), {{"READY", "1"}}});
  CHECK(one->state() == child_state::ready);
  CHECK_FALSE(one->pass(milliseconds(100)));
  CHECK(one->pass(milliseconds(100)));
}
