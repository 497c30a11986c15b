#include "actors/queue/broker.hpp"

#include "actors/in_place_actor.hpp"
#include "actors/queue/broker_core.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace squall::actors {
namespace {

/// Unix time that runs with the steady clock, so that it never jumps when the host's is set.
class steady_unix_clock {
public:
  explicit steady_unix_clock(std::int64_t ahead_ms = 0)
      : began_unix_{in_ms(std::chrono::system_clock::now().time_since_epoch()) +
                    static_cast<unix_ms>(ahead_ms)} {}

  unix_ms now() const {
    const auto passed = std::chrono::steady_clock::now() - began_;
    return began_unix_ + in_ms(passed);
  }

private:
  static unix_ms in_ms(auto time) {
    return static_cast<unix_ms>(
        std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
  }

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  unix_ms began_unix_;
};

/// Where others put items, too.
constexpr unix_ms look_every_ms = 1'000;

/// What a broker sends to.
using asker_port = caf::typed_actor<caf::reacts_to<proto::queue_answers>>;

/// The actor around `broker_core`: knows the askers by number and the time, and sends what the core
/// yields, one message per asker and turn. Never blocks, unless its store does.
class broker_state {
public:
  static constexpr const char* name = "squall.broker";
  using self_pointer = caf::stateful_actor<broker_state, proto::broker_actor::base>*;

  explicit broker_state(self_pointer self) : self_{self} {}
  proto::broker_actor::behavior_type make_behavior(broker_options options);

private:
  void on_batch(proto::queue_batch& batch);
  caf::result<bool> on_drain();
  void on_news(const proto::store_news& news);
  void on_tick();
  void on_end_turn(const proto::end_turn& end);
  void on_down(const caf::actor_addr& who);
  void on_exit(caf::exit_msg& exit);

  /// Has what others do to the store told to this actor.
  void watch(std::unique_ptr<store_watch> with);
  /// The number of a message's sender; 0 when it has none.
  broker_core::asker asker_of(const caf::strong_actor_ptr& sender);
  /// The turn ends now or, when the store blocks, behind all that is in the mailbox.
  void finish_turn();
  /// Sends what the turn yielded.
  void flush();
  void tick_when_due();

  self_pointer self_;
  steady_unix_clock clock_;
  std::unique_ptr<store> items_;
  std::shared_ptr<store_health> health_;
  bool blocking_ = false;
  bool turn_open_ = false; ///< its `end_turn` is in the mailbox
  caf::error why_exit_;
  std::vector<caf::typed_response_promise<bool>> drains_; ///< of this turn
  std::optional<broker_core> core_;
  /// By identity: after a lost connection an asker comes back under the same address, as another.
  std::unordered_map<const caf::actor_control_block*, broker_core::asker> numbers_;
  std::map<broker_core::asker, asker_port> askers_;
  broker_core::asker last_asker_ = 0;
  std::vector<unix_ms> ticks_;         ///< under way; each is earlier than those in front of it
  std::unique_ptr<store_watch> watch_; ///< goes before the store that it watches
};

proto::broker_actor::behavior_type broker_state::make_behavior(broker_options options) {
  items_ = std::move(options.items);
  health_ = std::move(options.health);
  blocking_ = options.blocking;
  clock_ = steady_unix_clock{options.ahead_ms};
  core_.emplace(*items_, options.max_waiting_bytes, options.watch ? look_every_ms : 0);
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down.source); });
  self_->set_exit_handler([this](caf::exit_msg& exit) { on_exit(exit); });
  if (options.watch) watch(std::move(options.watch));
  tick_when_due();
  return {
      [this](proto::queue_batch& batch) { on_batch(batch); },
      [this](const proto::drain&) { return on_drain(); },
      [this](const proto::store_news& news) { on_news(news); },
      [this](const proto::tick&) { on_tick(); },
      [this](const proto::end_turn& end) { on_end_turn(end); },
  };
}

void broker_state::watch(std::unique_ptr<store_watch> with) {
  watch_ = std::move(with);
  // A strong handle would keep the actor, and so the watch, for ever.
  watch_->start([weak = caf::actor_cast<caf::weak_actor_ptr>(self_)](proto::store_news news) {
    if (const auto self = caf::actor_cast<proto::broker_actor>(weak.lock()))
      caf::anon_send(self, std::move(news));
  });
}

void broker_state::on_batch(proto::queue_batch& batch) {
  core_->handle(asker_of(self_->current_sender()), batch, clock_.now());
  finish_turn();
}

caf::result<bool> broker_state::on_drain() {
  auto done = self_->make_response_promise<bool>();
  drains_.push_back(done);
  core_->drain(clock_.now());
  finish_turn();
  return done;
}

void broker_state::on_news(const proto::store_news& news) {
  core_->hear(news, clock_.now());
  finish_turn();
}

void broker_state::on_tick() {
  const auto now = clock_.now();
  while (!ticks_.empty() && ticks_.back() <= now)
    ticks_.pop_back();
  core_->tick(now);
  finish_turn();
}

void broker_state::on_end_turn(const proto::end_turn& end) {
  turn_open_ = false;
  flush();
  if (end.last) self_->quit(why_exit_);
}

void broker_state::on_down(const caf::actor_addr& who) {
  const auto number = numbers_.extract(caf::actor_cast<caf::actor_control_block*>(who));
  if (!number) return;
  // Its handle goes last: the address must not become another's while it is looked for.
  const auto handle = askers_.extract(number.mapped());
  if (const auto held = core_->lose(number.mapped(), clock_.now()); held > 0)
    spdlog::info("who held {} queue items is gone; they go back", held);
  finish_turn();
}

void broker_state::on_exit(caf::exit_msg& exit) {
  // It overtakes what was sent before it.
  why_exit_ = std::move(exit.reason);
  self_->send(self_, proto::end_turn{true});
}

broker_core::asker broker_state::asker_of(const caf::strong_actor_ptr& sender) {
  if (!sender) return 0;
  auto& number = numbers_[sender.get()];
  if (number == 0) {
    number = ++last_asker_;
    auto handle = caf::actor_cast<asker_port>(sender);
    self_->monitor(handle);
    askers_.emplace(number, std::move(handle));
  }
  return number;
}

void broker_state::finish_turn() {
  if (!blocking_) return flush();
  if (std::exchange(turn_open_, true)) return;
  self_->send(self_, proto::end_turn{});
}

void broker_state::flush() {
  const auto commits = core_->commits();
  const auto began = std::chrono::steady_clock::now();
  auto mail = core_->take(clock_.now());
  const auto took = std::chrono::steady_clock::now() - began;
  if (health_ && core_->commits() > commits)
    health_->turn_ended(core_->trouble(),
                        std::chrono::duration_cast<std::chrono::microseconds>(took));
  for (auto& [number, answers] : mail)
    if (auto asker = askers_.find(number); asker != askers_.end())
      self_->send(asker->second, std::move(answers));
  for (auto& drain : std::exchange(drains_, {}))
    drain.deliver(true);
  tick_when_due();
}

void broker_state::tick_when_due() {
  const auto next = core_->next();
  if (!next || (!ticks_.empty() && ticks_.back() <= *next)) return;
  const auto now = clock_.now();
  ticks_.push_back(*next);
  self_->delayed_send(self_, std::chrono::milliseconds{*next - std::min(now, *next)},
                      proto::tick{});
}

} // namespace

proto::broker_actor broker(caf::actor_system& system, broker_options options) {
  using actor = in_place_actor<proto::broker_actor, broker_state, broker_options>;
  if (options.blocking) return system.spawn<actor, caf::detached>(std::move(options));
  return system.spawn<actor>(std::move(options));
}

} // namespace squall::actors
