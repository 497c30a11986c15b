#include "actors/pool.hpp"

#include "actors/inline_unit.hpp"
#include "actors/slot.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <exception>
#include <utility>

namespace squall::actors {
namespace {

/// A call that an I/O-bound handler has. The completion and its copies share it: when the last one
/// goes without having been called, the call is answered all the same.
class started_call {
public:
  started_call(std::shared_ptr<pool> owner, std::uint32_t slot, queued_call call)
      : owner_{std::move(owner)}, slot_{slot}, call_{std::move(call)} {}

  started_call(const started_call&) = delete;
  started_call& operator=(const started_call&) = delete;

  ~started_call() {
    answer(outcome::fail(proto::errc::internal, "the handler ended without an answer"));
  }

  void answer(outcome result) {
    if (answered_.exchange(true)) return;
    if (owner_->queue.finish(slot_, std::move(result), steady::now())) owner_->announce();
  }

  const queued_call& call() const { return call_; }

private:
  std::shared_ptr<pool> owner_;
  std::uint32_t slot_;
  queued_call call_;
  std::atomic<bool> answered_ = false;
};

outcome failure(const char* what) noexcept {
  return outcome::fail(proto::errc::task_failed, what);
}

/// Has the owner take its turn on this thread.
void announce_here(const caf::actor_addr& owner, std::uint32_t index) {
  auto to = caf::actor_cast<caf::strong_actor_ptr>(owner);
  if (!to) return;
  inline_unit here{*to->home_system};
  to->enqueue(nullptr, caf::make_message_id(), caf::make_message(proto::pool_ready{index}), &here);
  here.run();
}

void start(const std::shared_ptr<pool>& self, std::uint32_t slot, pool_step step) {
  auto call = std::make_shared<started_call>(self, slot, std::move(*step.call));
  try {
    self->work.start(task{call->call().params, call->call().first_index, std::move(step.stop),
                          self->teller(slot, call->call())},
                     [call](outcome result) { call->answer(std::move(result)); });
  } catch (const std::exception& error) {
    call->answer(failure(error.what()));
  } catch (...) {
    call->answer(failure("the handler threw something that is no exception"));
  }
}

} // namespace

pool::pool(pool_spec spec, std::uint32_t index, caf::actor_addr owner)
    : work{std::move(spec.work)}, index{index}, owner{std::move(owner)}, queue{
                                                                             spec.slots,
                                                                             work.info.cpu_bound} {}

void pool::announce() const {
  auto to = caf::actor_cast<proto::pool_owner_actor>(owner);
  if (!to) return;
  if (work.post)
    work.post([owner = owner, index = index] { announce_here(owner, index); });
  else
    caf::anon_send(to, proto::pool_ready{index});
}

void pool::wake(const std::shared_ptr<pool>& self, const std::vector<std::uint32_t>& woken) {
  const bool brief = self->work.estimate && woken.size() == 1 && self->queue.is_brief();
  for (auto slot : woken) {
    if (brief) {
      work_off(*self, slot);
      continue;
    }
    if (self->work.info.cpu_bound) {
      self->wake_slot(slot);
      continue;
    }
    auto step = self->queue.begin(slot, steady::now());
    if (step.announce) self->announce();
    if (step.call) start(self, slot, std::move(step));
  }
}

void pool::resize(caf::actor_system& system, const std::shared_ptr<pool>& self,
                  std::uint32_t slots) {
  // Held until the new ones are there: those that run may wake them at once.
  const std::lock_guard lock{self->mutex_};
  const auto change = self->queue.resize(slots);
  if (!self->work.info.cpu_bound) return;
  for (auto each : change.closed)
    caf::anon_send_exit(std::exchange(self->slots_[each], nullptr),
                        caf::exit_reason::user_shutdown);
  if (self->slots_.size() < slots) self->slots_.resize(slots);
  for (auto each : change.opened)
    self->slots_[each] = system.spawn<caf::detached>(slot, self, each);
}

void pool::wake_slot(std::uint32_t slot) {
  const std::lock_guard lock{mutex_};
  caf::anon_send(slots_[slot], proto::slot_wake{});
}

void pool::forget_slot(std::uint32_t slot, const caf::actor_addr& which) {
  const std::lock_guard lock{mutex_};
  if (slots_[slot] && slots_[slot].address() == which) slots_[slot] = nullptr;
}

void pool::end_slots() {
  queue.close();
  const std::lock_guard lock{mutex_};
  for (auto& each : slots_)
    if (each) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
}

progress_teller pool::teller(std::uint32_t slot, const queued_call& call) {
  if (!call.tells_progress) return {};
  return [self = weak_from_this(), slot,
          which = running_call{call.id, call.link, call.attempt}](std::string json) {
    if (auto here = self.lock()) here->queue.tell(slot, which, std::move(json));
  };
}

std::shared_ptr<pool> make_pool(caf::actor_system& system, pool_spec spec, std::uint32_t index,
                                caf::actor_addr owner) {
  const auto slots = std::exchange(spec.slots, 0);
  auto made = std::make_shared<pool>(std::move(spec), index, std::move(owner));
  pool::resize(system, made, slots);
  return made;
}

outcome run_guarded(const handler& work, const queued_call& call, std::stop_token stop,
                    progress_teller progress) noexcept {
  try {
    return work.run(task{call.params, call.first_index, std::move(stop), std::move(progress)});
  } catch (const std::exception& error) {
    return failure(error.what());
  } catch (...) {
    return failure("the handler threw something that is no exception");
  }
}

} // namespace squall::actors
