#include "actors/inline_unit.hpp"

#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace squall::actors {
namespace {

/// Messages that an actor handles in one turn.
constexpr std::size_t turn_messages = 8;

} // namespace

inline_unit::~inline_unit() {
  for (auto* job : woken_)
    system().scheduler().enqueue(job);
}

void inline_unit::exec_later(caf::resumable* job) {
  if (job->subtype() == caf::resumable::io_actor)
    woken_.push_back(job);
  else
    system().scheduler().enqueue(job);
}

void inline_unit::run() {
  // NOLINTNEXTLINE(modernize-loop-convert): those that run wake others, so the list grows
  for (std::size_t i = 0; i < woken_.size(); ++i) {
    auto* job = woken_[i];
    switch (job->resume(this, turn_messages)) {
    case caf::resumable::resume_later:
      system().scheduler().enqueue(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
    case caf::resumable::awaiting_message:
    case caf::resumable::done:
      intrusive_ptr_release(job);
      break;
    }
  }
  woken_.clear();
}

} // namespace squall::actors
