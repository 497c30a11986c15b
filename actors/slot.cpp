#include "actors/slot.hpp"

#include <utility>

namespace squall::actors {

bool work_off(pool& owner, std::uint32_t index) {
  auto step = owner.queue.begin(index, steady::now());
  for (;;) {
    if (step.announce) owner.announce();
    if (step.wake) owner.wake_slot(*step.wake);
    if (!step.call) return !step.retired;
    auto ended =
        run_guarded(owner.work, *step.call, std::move(step.stop), owner.teller(index, *step.call));
    step = owner.queue.advance(index, std::move(ended), steady::now());
  }
}

proto::slot_actor::behavior_type slot(proto::slot_actor::stateful_pointer<slot_state> self,
                                      std::shared_ptr<pool> owner, std::uint32_t index) {
  return {[self, owner = std::move(owner), index](proto::slot_wake) {
    if (work_off(*owner, index)) return;
    owner->forget_slot(index, self->address());
    self->quit();
  }};
}

} // namespace squall::actors
