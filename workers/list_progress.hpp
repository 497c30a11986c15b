#pragma once

#include "actors/handler.hpp"

#include <chrono>
#include <cstddef>

namespace squall::workers {

/// Tells how many elements of a list are done: `{"done":3,"of":10}`. Costs next to nothing when
/// nobody wants to know, and looks at the clock alone while it is not time to tell. One thread.
class list_progress {
public:
  list_progress(actors::progress_teller to, std::size_t all);

  /// One more is done.
  void step() {
    if (to_) tell();
  }

private:
  using clock = std::chrono::steady_clock;

  void tell();

  actors::progress_teller to_;
  std::size_t all_;
  std::size_t done_ = 0;
  clock::time_point next_;
};

} // namespace squall::workers
