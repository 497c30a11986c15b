// inline_unit and in_place_actor together: who runs on which thread.
#include "actors/inline_unit.hpp"

#include "actors/in_place_actor.hpp"
#include "proto/system_config.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <vector>

using namespace squall;
using namespace std::chrono_literals;

namespace {

/// The numbers that actors were told, and on which threads; shared between threads.
class log_book {
public:
  void add(int number) {
    std::lock_guard lock{mutex_};
    numbers_.push_back(number);
    threads_.push_back(std::this_thread::get_id());
    changed_.notify_all();
  }

  /// What was told so far, once that is `count` numbers.
  std::vector<int> wait(std::size_t count) {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, 20s, [&] { return numbers_.size() >= count; }));
    return numbers_;
  }

  std::vector<int> numbers() { return wait(0); }

  /// How many of the numbers were told on the calling thread.
  std::ptrdiff_t here() {
    std::lock_guard lock{mutex_};
    return std::count(threads_.begin(), threads_.end(), std::this_thread::get_id());
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> numbers_;
  std::vector<std::thread::id> threads_;
};

using log_ptr = std::shared_ptr<log_book>;
using writer = caf::typed_actor<caf::reacts_to<int>>;

struct writer_options {
  log_ptr log;
  writer next; ///< is told the same; none: nobody is
};

/// Writes down what it is told.
struct writer_state {
  static constexpr const char* name = "squall.test.writer";
  using pointer = caf::stateful_actor<writer_state, writer::base>*;

  explicit writer_state(pointer self) : self{self} {}

  writer::behavior_type make_behavior(const writer_options& options) {
    return {[this, options](int number) {
      options.log->add(number);
      if (options.next) self->send(options.next, number);
    }};
  }

  pointer self;
};

/// A thread that sends with an inline unit as its context. Actors start at their first message, so
/// that it is this thread's, and not the start's, that wakes them.
class rig {
public:
  writer in_place(writer next = {}) {
    using actor = actors::in_place_actor<writer, writer_state, writer_options>;
    return system_.spawn<actor, caf::lazy_init>(writer_options{log, std::move(next)});
  }

  writer ordinary() {
    return system_.spawn<caf::lazy_init>([log = log](writer::pointer) -> writer::behavior_type {
      return {[log](int number) { log->add(number); }};
    });
  }

  void tell(const writer& to, int number) {
    caf::actor_cast<caf::strong_actor_ptr>(to)->enqueue(nullptr, caf::make_message_id(),
                                                        caf::make_message(number), &*unit_);
  }
  void run() { unit_->run(); }
  void end_unit() { unit_.reset(); }

  log_ptr log = std::make_shared<log_book>();

private:
  proto::system_config config_{proto::system_options{}};
  caf::actor_system system_{config_};
  std::optional<actors::inline_unit> unit_{std::in_place, system_};
};

} // namespace

TEST_CASE("an in-place actor runs on the thread that woke it, when that one says so") {
  rig r;
  const auto actor = r.in_place();
  r.tell(actor, 1);
  r.tell(actor, 2);
  CHECK(r.log->numbers().empty());
  r.run();
  CHECK(r.log->numbers() == std::vector{1, 2});
  CHECK(r.log->here() == 2);

  r.tell(actor, 3);
  CHECK(r.log->numbers().size() == 2);
  r.run();
  CHECK(r.log->here() == 3);
}

TEST_CASE("an ordinary actor runs on a thread of CAF's, and waits for no run") {
  rig r;
  const auto actor = r.ordinary();
  r.tell(actor, 1);
  CHECK(r.log->wait(1) == std::vector{1});
  r.run();
  CHECK(r.log->here() == 0);
}

TEST_CASE("in-place actors that are woken by those that run, run too") {
  rig r;
  const auto first = r.in_place(r.in_place(r.in_place()));
  r.tell(first, 7);
  r.run();
  CHECK(r.log->numbers() == std::vector{7, 7, 7});
  CHECK(r.log->here() == 3);
}

TEST_CASE("an ordinary actor that is woken by one that runs goes to CAF's threads") {
  rig r;
  const auto first = r.in_place(r.ordinary());
  r.tell(first, 7);
  r.run();
  CHECK(r.log->wait(2) == std::vector{7, 7});
  CHECK(r.log->here() == 1);
}

TEST_CASE("an in-place actor with a long line of mail goes on with it on CAF's threads") {
  constexpr std::size_t many = 1000;
  rig r;
  const auto actor = r.in_place();
  std::vector<int> told(many);
  std::iota(told.begin(), told.end(), 0);
  for (const int number : told)
    r.tell(actor, number);
  r.run();
  CHECK(r.log->wait(many) == told);
  CHECK(r.log->here() > 0);
  CHECK(r.log->here() < 100);
}

TEST_CASE("what a unit has not run when it ends, CAF's threads run") {
  rig r;
  const auto first = r.in_place();
  const auto second = r.in_place();
  r.tell(first, 1);
  r.tell(second, 2);
  r.end_unit();
  auto told = r.log->wait(2);
  std::sort(told.begin(), told.end());
  CHECK(told == std::vector{1, 2});
  CHECK(r.log->here() == 0);
}
