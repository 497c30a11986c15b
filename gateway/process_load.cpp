#include "gateway/process_load.hpp"

#include <caf/after.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace squall::gateway {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr milliseconds interval{1'000};
/// For the router's answer, which takes no time unless the machine is overloaded.
constexpr milliseconds answer_time{1'000};
/// For that of the broker, which may be busy with its store; one that comes later is taken then.
constexpr milliseconds books_time{200};
/// The broker may have so many times as long for others as it took to look at its books.
constexpr int others_share = 50;

} // namespace

class load_watch::work {
public:
  work(caf::actor_system& system, proto::router_actor router, proto::broker_port broker,
       load_listener tell, std::stop_token stop)
      : self_{system}, router_{std::move(router)}, broker_{std::move(broker)},
        tell_{std::move(tell)}, stop_{std::move(stop)} {}

  void run() {
    while (!stop_.stop_requested()) {
      const auto begin = clock::now();
      look_at_books();
      if (const auto now = ask_router()) tell_(*now, queues_);
      pause_until(begin + interval);
    }
  }

private:
  std::optional<proto::router_status> ask_router() {
    std::optional<proto::router_status> found;
    self_->request(router_, answer_time, proto::get_status{})
        .receive([&](proto::router_status& now) { found = std::move(now); },
                 [](const caf::error&) {});
    return found;
  }

  void look_at_books() {
    if (!asked_at_ && clock::now() >= next_look_) {
      proto::queue_request all; // by default the stats of all queues
      all.id = ++last_id_;
      proto::queue_batch batch;
      batch.requests.push_back(std::move(all));
      asked_at_ = clock::now();
      self_->send(broker_, std::move(batch));
    }
    const auto until = clock::now() + books_time;
    while (asked_at_ && !stop_.stop_requested() && clock::now() < until)
      self_->receive([&](proto::queue_answers& came) { take(came); },
                     caf::after(std::chrono::duration_cast<milliseconds>(until - clock::now())) >>
                         [] {});
  }

  void take(proto::queue_answers& came) {
    for (auto& each : came.answers) {
      if (each.id != last_id_) continue;
      queues_ = std::move(each.stats); // none when the store fails: nobody can work on them
      next_look_ = clock::now() + others_share * (clock::now() - *asked_at_);
      asked_at_.reset();
    }
  }

  void pause_until(clock::time_point until) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock{mutex};
    stopped.wait_until(lock, stop_, until, [] { return false; });
  }

  caf::scoped_actor self_;
  proto::router_actor router_;
  proto::broker_port broker_;
  load_listener tell_;
  std::stop_token stop_;
  std::vector<proto::queue_stats> queues_;
  std::uint64_t last_id_ = 0;
  std::optional<clock::time_point> asked_at_; ///< no answer has come yet
  clock::time_point next_look_;
};

load_watch::load_watch(caf::actor_system& system, proto::router_actor router,
                       proto::broker_port broker, load_listener tell)
    : thread_{[&system, router = std::move(router), broker = std::move(broker),
               tell = std::move(tell)](std::stop_token stop) mutable {
        work{system, std::move(router), std::move(broker), std::move(tell), std::move(stop)}.run();
      }} {}

} // namespace squall::gateway
