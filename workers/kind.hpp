#pragma once

#include "actors/handler.hpp"

namespace squall::workers {

class event_loop;

using actors::completion;
using actors::outcome;
using actors::progress_teller;
using actors::task;

/// One kind of work: everything that has to be said to add it to the platform. Exactly one of
/// `run` and `start` is set, as `info.cpu_bound` says; see `actors::handler` for what they promise.
struct kind {
  proto::kind_info info;
  std::function<outcome(const task&)> run;
  /// Called on the event loop's thread; never blocks it.
  std::function<void(event_loop&, const task&, completion)> start;
  /// `start` may be called on any thread, which saves the way to the loop's.
  bool starts_anywhere = false;
  std::function<std::chrono::microseconds(std::string_view params)> estimate;
};

} // namespace squall::workers
