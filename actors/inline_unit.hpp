#pragma once

#include <caf/execution_unit.hpp>

#include <vector>

namespace squall::actors {

/// Runs the actors that were woken by what a thread sends, on that thread, when `run` is called.
/// For a thread that is not CAF's and sends to an `in_place_actor` with this as its context. Other
/// actors go to the scheduler. Belongs to one thread.
class inline_unit final : public caf::execution_unit {
public:
  explicit inline_unit(caf::actor_system& system) : caf::execution_unit{&system} {}
  ~inline_unit() override;
  inline_unit(const inline_unit&) = delete;
  inline_unit& operator=(const inline_unit&) = delete;

  void exec_later(caf::resumable* job) override;
  /// One turn of every actor that is woken, and of those that these wake. One that has a long line
  /// of mail goes on with it on the scheduler.
  void run();

private:
  std::vector<caf::resumable*> woken_; ///< a reference held for each
};

} // namespace squall::actors
