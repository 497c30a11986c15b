#include "actors/slot.hpp"

#include <caf/send.hpp>

#include <utility>

namespace squall::actors {

void work_off(pool& owner, std::uint32_t index) {
  auto step = owner.queue.begin(index, steady::now());
  for (;;) {
    if (step.announce) owner.announce();
    if (!step.call) return;
    if (step.wake) caf::anon_send(owner.slots[*step.wake], proto::slot_wake{});
    auto ended =
        run_guarded(owner.work, *step.call, std::move(step.stop), owner.teller(index, *step.call));
    step = owner.queue.advance(index, std::move(ended), steady::now());
  }
}

proto::slot_actor::behavior_type slot(proto::slot_actor::stateful_pointer<slot_state>,
                                      std::shared_ptr<pool> owner, std::uint32_t index) {
  return {[owner = std::move(owner), index](proto::slot_wake) { work_off(*owner, index); }};
}

} // namespace squall::actors
