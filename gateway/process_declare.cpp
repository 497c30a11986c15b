#include "gateway/process_declare.hpp"

#include <caf/after.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <deque>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace squall::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds forever{24 * 60 * 60 * 1'000};
/// Between two tries while the store fails.
constexpr milliseconds retry_pause{1'000};
/// For the broker's answer: more than it takes to notice that the store is gone.
constexpr milliseconds answer_time{30'000};
/// Between two looks whether the gateway ends while an answer is waited for.
constexpr milliseconds look_interval{50};

const char* done_text(declare_talk::outcome how) {
  return how == declare_talk::outcome::made ? "was made" : "was changed";
}

} // namespace

class declarer::work {
public:
  work(caf::actor_system& system, proto::broker_port broker,
       std::shared_ptr<declaration_inbox> inbox, std::atomic<bool>& missing, std::stop_token stop)
      : self_{system}, broker_{std::move(broker)}, inbox_{std::move(inbox)}, missing_{missing},
        stop_{std::move(stop)} {}

  void run() {
    while (!stop_.stop_requested()) {
      if (auto fresh = inbox_->take(stop_, todo_.empty() ? forever : milliseconds{0}))
        declare(std::move(*fresh));
      if (todo_.empty() || stop_.stop_requested()) continue;
      if (see_to(todo_.front()))
        todo_.pop_front();
      else if (auto fresh = inbox_->take(stop_, retry_pause))
        declare(std::move(*fresh));
      if (todo_.empty()) all_done();
    }
  }

private:
  void declare(declarations fresh) {
    for (const auto& gone : no_longer_declared(declared_, fresh))
      spdlog::info("{} is not declared any more; it stays as it is", gone);
    todo_.clear();
    for (const auto& each : fresh.queues)
      todo_.emplace_back(each);
    for (const auto& each : fresh.schedules)
      todo_.emplace_back(each);
    declared_ = std::move(fresh);
    trouble_.clear();
    if (todo_.empty()) all_done();
  }

  void all_done() {
    missing_ = false;
    spdlog::info("all that is declared is there: {} queues, {} schedules", declared_.queues.size(),
                 declared_.schedules.size());
  }

  /// Returns whether it is as it should be, or never can be.
  bool see_to(declare_talk& talk) {
    std::optional<proto::queue_request> next = talk.begin();
    while (next) {
      const auto answer = ask(std::move(*next));
      if (!answer) return put_off(talk, "the store does not answer");
      if (answer->code == proto::errc::invalid_params) {
        spdlog::error("{} cannot be as it is declared: {}", talk.about(), answer->message);
        return true;
      }
      if (!declare_talk::expects(*answer)) return put_off(talk, answer->message);
      next = talk.go_on(*answer);
    }
    trouble_.clear();
    if (talk.result() != declare_talk::outcome::same)
      spdlog::info("{} {}, as it is declared", talk.about(), done_text(talk.result()));
    return true;
  }

  bool put_off(const declare_talk& talk, const std::string& why) {
    if (trouble_ != why && !stop_.stop_requested())
      spdlog::warn("{} is not as it is declared yet: {}; trying again", talk.about(), why);
    trouble_ = why;
    return false;
  }

  /// Nothing when no answer came before the gateway ends, or in time.
  std::optional<proto::queue_answer> ask(proto::queue_request request) {
    request.id = ++last_id_;
    proto::queue_batch batch;
    batch.requests.push_back(std::move(request));
    self_->send(broker_, std::move(batch));
    std::optional<proto::queue_answer> found;
    const auto until = steady_clock::now() + answer_time;
    while (!found && !stop_.stop_requested() && steady_clock::now() < until)
      self_->receive(
          [&](proto::queue_answers& came) {
            for (auto& each : came.answers)
              if (each.id == last_id_) found = std::move(each);
          },
          caf::after(look_interval) >> [] {});
    return found;
  }

  caf::scoped_actor self_;
  proto::broker_port broker_;
  std::shared_ptr<declaration_inbox> inbox_;
  std::atomic<bool>& missing_;
  std::stop_token stop_;
  declarations declared_;
  std::deque<declare_talk> todo_;
  std::uint64_t last_id_ = 0;
  std::string trouble_;
};

declarer::declarer(caf::actor_system& system, proto::broker_port broker,
                   std::shared_ptr<declaration_inbox> inbox, std::atomic<bool>& missing)
    : thread_{[&system, broker = std::move(broker), inbox = std::move(inbox),
               &missing](std::stop_token stop) mutable {
        work{system, std::move(broker), std::move(inbox), missing, std::move(stop)}.run();
      }} {}

} // namespace squall::gateway
