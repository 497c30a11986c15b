#pragma once

#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/actors/queue/known_jobs.hpp"
#include "tests/actors/queue/known_leases.hpp"
#include "tests/actors/queue/queue_model.hpp"
#include "tests/actors/queue/random_requests.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace squall::tests {

using proto::errc;
using proto::queue_op;

inline std::string text_of(const model_answer& answer) {
  auto out = std::string{proto::describe(answer.code).name} + ':';
  if (answer.code == errc::none) out = "done:";
  for (const auto& [body, attempt] : answer.items)
    out += ' ' + body + '/' + std::to_string(attempt);
  for (const auto& each : answer.jobs)
    out += ' ' + each;
  return out;
}

/// A broker and the model of its queues, side by side: what each of them answers must be the
/// same, and so must their books.
class storm_check {
protected:
  storm_check(std::uint32_t seed, std::unique_ptr<actors::store> items)
      : source_{seed}, rig_{std::move(items), 1 << 30} {
    model_.now = rig_.now;
  }

  /// Of the request that was made last.
  void expect(errc code) { expected_[rig_.last] = code; }

  void check() {
    for (auto& [id, answer] : model_.take())
      expected_items_[id] = std::move(answer);
    for (const auto id : rig_.order)
      check_answer(rig_.answers.at(id));
    REQUIRE(expected_.empty());
    REQUIRE(expected_items_.empty());
    rig_.order.clear();
    rig_.answers.clear();
    check_revoked();
    check_books();
  }

  std::string shown(const proto::job_view& job) const {
    const auto body = jobs_.body(job.id);
    if (!job.params.empty()) REQUIRE(job.params == body);
    return job_text(job, body);
  }

  random_requests source_;
  broker_rig rig_;
  queue_model model_;
  known_leases leases_;
  known_jobs jobs_;
  std::set<std::string> acked_;
  std::map<std::uint64_t, errc> expected_;                  ///< by request
  std::set<std::pair<std::uint64_t, std::string>> revoked_; ///< expected to be, by asker

private:
  void check_answer(const proto::queue_answer& answer) {
    CAPTURE(answer.id, static_cast<int>(answer.op));
    model_answer got{answer.code, {}};
    if (answer.op == queue_op::put) learn_jobs(answer);
    for (const auto& job : answer.jobs)
      got.jobs.push_back(shown(job));
    for (const auto& item : answer.items) {
      got.items.emplace_back(item.body, item.attempt);
      leases_.add({item.lease, item.body, item.attempt});
    }
    if (auto code = expected_.find(answer.id); code != expected_.end()) {
      REQUIRE(code->second == answer.code);
      expected_.erase(code);
      return;
    }
    const auto expected = expected_items_.find(answer.id);
    REQUIRE(expected != expected_items_.end());
    REQUIRE(text_of(expected->second) == text_of(got));
    expected_items_.erase(expected);
  }

  /// The model knows what was put; which jobs these are the broker says alone.
  void learn_jobs(const proto::queue_answer& put) {
    const auto expected = expected_items_.find(put.id);
    if (expected == expected_items_.end()) return;
    const auto& bodies = expected->second.bodies;
    REQUIRE(put.jobs.size() == bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i)
      if (!put.jobs[i].existed) jobs_.add(put.jobs[i].id, bodies[i]);
  }

  /// Leases are revoked when the jobs are cancelled that have them.
  void check_revoked() {
    for (const auto& [asker, leases] : rig_.revoked)
      for (const auto& lease : leases) {
        REQUIRE(revoked_.contains({asker, lease}));
        revoked_.erase({asker, lease});
      }
    REQUIRE(revoked_.empty());
    rig_.revoked.clear();
  }

  void check_books() {
    const auto shown = rig_.store->look(actors::books_of{"", 0}, rig_.now).queues;
    REQUIRE(shown.size() == model_.queues.size());
    std::uint64_t leased = 0;
    for (const auto& each : shown) {
      const auto& queue = model_.queues.at(each.stats.name);
      const auto count = [&](model_item::state at) { return queue.count(at); };
      REQUIRE(each.stats.ready == count(model_item::state::ready));
      REQUIRE(each.stats.delayed == count(model_item::state::delayed));
      REQUIRE(each.stats.leased == count(model_item::state::leased));
      REQUIRE(each.stats.dead == count(model_item::state::dead));
      REQUIRE(each.stats.done == count(model_item::state::done));
      REQUIRE(each.stats.cancelled == count(model_item::state::cancelled));
      REQUIRE(each.stats.unfinished == queue.unfinished());
      REQUIRE(each.stats.total_put == queue.put);
      REQUIRE(each.stats.total_acked == queue.acked);
      REQUIRE(each.stats.settings.paused == queue.settings.paused);
      REQUIRE(queue.put + each.stats.done == queue.acked + queue.gone + queue.items.size());
      leased += each.stats.leased;
    }
    REQUIRE(rig_.core.leases().leases() == leased);
  }

  queue_model::answers expected_items_;
};

} // namespace squall::tests
