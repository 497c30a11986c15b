#pragma once

#include "tests/actors/fake_router.hpp"

#include <future>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

namespace squall::test {

using actors::handler;
using actors::outcome;
using actors::task;

/// A kind that answers with its params at once.
inline handler echo(std::string name = "echo") {
  handler made;
  made.info.name = std::move(name);
  made.run = [](const task& task) { return outcome::ok(std::string{task.params}); };
  return made;
}

/// A gate that calls run into, and that the test opens.
struct gate {
  std::counting_semaphore<> entered{0};
  std::promise<void> opened;
  std::shared_future<void> open = opened.get_future();

  void wait_entered() { REQUIRE(entered.try_acquire_for(patience)); }
};

/// A kind whose calls with the params "wait" hold their slot until the gate opens or they are
/// stopped.
inline handler gated(std::shared_ptr<gate> at) {
  auto made = echo("gated");
  made.run = [at](const task& task) {
    if (task.params == "wait") {
      at->entered.release();
      while (at->open.wait_for(1ms) != std::future_status::ready && !task.stop.stop_requested()) {
      }
    }
    return outcome::ok(std::string{task.params});
  };
  return made;
}

/// The completions of a kind that waits, for the test.
struct keeper {
  std::mutex mutex;
  std::vector<actors::completion> kept;
  std::vector<std::stop_token> stops;
  std::counting_semaphore<> started{0};

  actors::completion take(std::size_t index) {
    std::lock_guard lock{mutex};
    return std::exchange(kept.at(index), nullptr);
  }
};

/// A kind that waits until the test answers.
inline handler kept_by(const std::shared_ptr<keeper>& keeper) {
  handler made;
  made.info.name = "kept";
  made.info.cpu_bound = false;
  made.start = [weak = std::weak_ptr{keeper}](const task& task, actors::completion done) {
    auto keeper = weak.lock();
    if (!keeper) return;
    std::lock_guard lock{keeper->mutex};
    keeper->kept.push_back(std::move(done));
    keeper->stops.push_back(task.stop);
    keeper->started.release();
  };
  return made;
}

inline proto::call_batch batch_of(std::uint64_t first, std::uint64_t count,
                                  const std::string& kind) {
  proto::call_batch batch;
  for (std::uint64_t id = first; id < first + count; ++id)
    batch.calls.push_back(make_call(id, kind, std::to_string(id)));
  return batch;
}

inline proto::call_batch one_call(proto::call call) {
  return {{std::move(call)}, {}};
}

} // namespace squall::test
