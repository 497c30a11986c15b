#pragma once

#include "actors/handler.hpp"

#include <cstddef>
#include <utility>

namespace squall::workers {

/// Tells how many elements of a list are done: `{"done":3,"of":10}`. Costs next to nothing when
/// nobody wants to know. Each step is told, however short: behind it may come one that lasts. One
/// thread.
class list_progress {
public:
  list_progress(actors::progress_teller to, std::size_t all) : to_{std::move(to)}, all_{all} {}

  /// One more is done.
  void step() {
    if (to_) tell();
  }

private:
  void tell();

  actors::progress_teller to_;
  std::size_t all_;
  std::size_t done_ = 0;
};

} // namespace squall::workers
