#include "gateway/bridge.hpp"

#include "actors/inline_unit.hpp"
#include "gateway/open_table.hpp"
#include "gateway/queue/asker.hpp"

#include <caf/actor_companion.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace squall::gateway {
namespace {

constexpr std::chrono::seconds attach_timeout{5};

} // namespace

class bridge::impl : public std::enable_shared_from_this<impl> {
public:
  impl(caf::actor_system& system, proto::router_actor router, proto::broker_port broker, loop loop)
      : system_{system}, router_{std::move(router)}, broker_{std::move(broker)},
        loop_{std::move(loop)}, unit_{system}, companion_{system.spawn<caf::actor_companion>()} {
    companion().context(&unit_);
  }

  bool attach() {
    companion().on_enqueue([self = shared_from_this()](caf::mailbox_element_ptr element) {
      self->receive(element->move_content_to_message());
    });
    caf::scoped_actor self{system_};
    bool attached = false;
    self->request(router_, attach_timeout, companion_)
        .receive(
            [&](std::uint8_t number) {
              calls_ = open_table<answer_sink>{number};
              attached = true;
            },
            [](const caf::error&) {});
    return attached;
  }

  void detach() {
    if (detached_.exchange(true)) return;
    // What actor_companion::disconnect would do; 0.17.6 declares that one without defining it.
    companion().on_enqueue([](const caf::mailbox_element_ptr&) {});
    companion().cleanup(caf::make_error(caf::exit_reason::user_shutdown), nullptr);
    companion_ = nullptr;
    router_ = nullptr;
    broker_ = nullptr;
  }

  ticket submit(call_request&& request, answer_sink& sink, std::uint64_t tag) {
    const auto id = admit(sink, tag);
    auto& entry = out_.calls.emplace_back();
    entry.work.id = id;
    entry.work.time_left_ms = request.timeout_ms;
    entry.work.first_index = request.first_index;
    entry.work.kind = std::move(request.kind);
    entry.work.params = std::move(request.params);
    entry.connection = request.connection;
    entry.priority = request.priority;
    flush_later();
    return id;
  }

  void cancel(ticket call) {
    if (!calls_.remove(call)) return;
    out_.cancelled.push_back(call);
    flush_later();
  }

  ticket inspect(renderer&& render, answer_sink& sink, std::uint64_t tag) {
    const auto id = admit(sink, tag);
    inspections_.emplace_back(id, std::move(render));
    send(router_, proto::get_status{});
    return id;
  }

  const proto::kinds_changed& kinds() const noexcept { return kinds_; }
  queue_port& queues() noexcept { return queues_; }

private:
  ticket admit(answer_sink& sink, std::uint64_t tag) {
    const auto id = calls_.add({&sink, tag});
    if (id == 0) throw std::length_error{"too many open calls"};
    return id;
  }

  caf::actor_companion& companion() {
    return *static_cast<caf::actor_companion*>(caf::actor_cast<caf::abstract_actor*>(companion_));
  }

  /// Everything that was submitted in this turn of the event loop leaves behind the handlers that
  /// are ready now.
  void flush_later() {
    if (std::exchange(flushing_, true)) return;
    loop_.post([self = shared_from_this()] {
      self->flushing_ = false;
      if (self->detached_) return;
      self->flush();
    });
  }

  void flush() {
    if (auto batch = std::exchange(out_, {}); !batch.calls.empty() || !batch.cancelled.empty())
      send(router_, std::move(batch));
    if (auto batch = queues_.take();
        !batch.requests.empty() || !batch.cancelled.empty() || !batch.ended.empty())
      send(broker_, std::move(batch));
  }

  /// The router, the broker, and a pool of this process, do at once on this thread what they can.
  template <class Actor, class Message>
  void send(const Actor& to, Message&& message) {
    caf::unsafe_send_as(&companion(), to, std::forward<Message>(message));
    unit_.run();
  }

  /// On the thread of whoever sends.
  void receive(caf::message message) {
    if (detached_) return;
    {
      std::lock_guard guard{mutex_};
      in_.push_back(std::move(message));
      if (std::exchange(delivering_, true)) return;
    }
    loop_.post([self = shared_from_this()] { self->deliver(); });
  }

  void deliver() {
    {
      std::lock_guard guard{mutex_};
      delivering_ = false;
      taken_.swap(in_);
    }
    if (!detached_)
      loop_.turn([this] {
        for (auto& message : taken_)
          handle(message);
      });
    taken_.clear();
  }

  void handle(caf::message& message) {
    if (message.match_elements<proto::answer_batch>()) {
      for (auto& answer : message.get_mutable_as<proto::answer_batch>(0).results)
        give(std::move(answer));
    } else if (message.match_elements<proto::queue_answers>()) {
      for (auto& answer : message.get_mutable_as<proto::queue_answers>(0).answers)
        queues_.give(std::move(answer));
    } else if (message.match_elements<proto::kinds_changed>()) {
      kinds_ = message.get_as<proto::kinds_changed>(0);
    } else if (message.match_elements<proto::router_status>() && !inspections_.empty()) {
      auto [id, render] = std::move(inspections_.front());
      inspections_.pop_front();
      proto::result answer;
      answer.id = id;
      answer.body = render(message.get_as<proto::router_status>(0));
      give(std::move(answer));
    }
  }

  void give(proto::result&& answer) {
    if (auto who = calls_.remove(answer.id)) who->sink->on_answer(who->tag, std::move(answer));
  }

  caf::actor_system& system_;
  proto::router_actor router_;
  proto::broker_port broker_;
  loop loop_;
  actors::inline_unit unit_;
  caf::actor companion_;
  open_table<answer_sink> calls_{0};
  proto::submit_batch out_;
  asker queues_{[this] { flush_later(); }};
  proto::kinds_changed kinds_;
  std::deque<std::pair<ticket, renderer>> inspections_; ///< in the order of the router's answers
  bool flushing_ = false;
  std::atomic<bool> detached_ = false;

  std::mutex mutex_;
  std::vector<caf::message> in_; ///< guarded by `mutex_`
  bool delivering_ = false;      ///< guarded by `mutex_`
  std::vector<caf::message> taken_;
};

bridge::bridge(caf::actor_system& system, proto::router_actor router, proto::broker_port broker,
               loop loop)
    : impl_{std::make_shared<impl>(system, std::move(router), std::move(broker), std::move(loop))} {
}
bridge::~bridge() = default;
bool bridge::attach() {
  return impl_->attach();
}
void bridge::detach() {
  impl_->detach();
}
bridge::ticket bridge::submit(call_request request, answer_sink& sink, std::uint64_t tag) {
  return impl_->submit(std::move(request), sink, tag);
}
void bridge::cancel(ticket call) {
  impl_->cancel(call);
}
bridge::ticket bridge::inspect(renderer render, answer_sink& sink, std::uint64_t tag) {
  return impl_->inspect(std::move(render), sink, tag);
}
queue_port& bridge::queues() noexcept {
  return impl_->queues();
}
const proto::kinds_changed& bridge::kinds() const noexcept {
  return impl_->kinds();
}

} // namespace squall::gateway
