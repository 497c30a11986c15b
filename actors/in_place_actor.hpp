#pragma once

#include <caf/actor_config.hpp>
#include <caf/resumable.hpp>
#include <caf/stateful_actor.hpp>

#include <utility>

namespace squall::actors {

/// An actor of interface `Interface` that runs where its mail comes from: on CAF's network thread
/// for what arrives over the cluster, on an io thread for what its bridge sends (`inline_unit`),
/// otherwise on CAF's scheduler. Saves the way to another thread and back, so it is for actors
/// whose turns are short and never block. Still one thread at a time.
///
/// `State` is constructible from its actor's pointer and has `make_behavior(Options)`.
template <class Interface, class State, class Options>
class in_place_actor final : public caf::stateful_actor<State, typename Interface::base> {
public:
  using super = caf::stateful_actor<State, typename Interface::base>;

  in_place_actor(caf::actor_config& config, Options options)
      : super{config}, options_{std::move(options)} {}

  typename super::behavior_type make_behavior() override {
    return this->state.make_behavior(std::move(options_));
  }

  /// What CAF's multiplexer goes by: it hands other subtypes to the scheduler.
  caf::resumable::subtype_t subtype() const override { return caf::resumable::io_actor; }

private:
  Options options_;
};

} // namespace squall::actors
