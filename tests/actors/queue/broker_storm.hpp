#pragma once

#include "tests/actors/queue/broker_rig.hpp"
#include "tests/actors/queue/known_leases.hpp"
#include "tests/actors/queue/queue_model.hpp"
#include "tests/actors/queue/random_requests.hpp"
#include "tests/support/catch.hpp"

#include <set>

namespace squall::tests {

using proto::errc;
using proto::queue_op;

inline constexpr std::uint64_t askers = 3;
/// So few that every one of them is tried at every change, as the model does.
inline constexpr std::size_t most_putters = 8;

inline std::string text_of(const model_answer& answer) {
  auto out = std::string{proto::describe(answer.code).name} + ':';
  if (answer.code == errc::none) out = "done:";
  for (const auto& [body, attempt] : answer.items)
    out += ' ' + body + '/' + std::to_string(attempt);
  return out;
}

/// A broker and its store under thousands of random events, held against a simple model: every
/// answer must be the model's, and the books must be too.
class storm {
public:
  storm(std::uint32_t seed, std::unique_ptr<actors::store> items)
      : source_{seed}, rig_{std::move(items), 1 << 30} {
    model_.now = rig_.now;
    for (const auto& name : random_requests::names)
      define(name);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      CAPTURE(i);
      step();
      check();
    }
    finish();
    check();
  }

private:
  std::uint32_t below(std::uint32_t n) { return source_.below(n); }
  const std::string& any_queue() { return source_.any_queue(); }
  std::uint64_t any_asker() { return 1 + below(askers); }

  void step() {
    const auto what = below(40);
    if (what == 0) return define(any_queue());
    if (what == 1) return below(8) == 0 ? remove(any_queue()) : join();
    if (what == 2) return revive(any_queue());
    if (what == 3) return end_holder();
    if (what == 4) return below(4) == 0 ? lose() : purge(any_queue());
    if (what == 5) return pause(any_queue(), below(3) == 0);
    if (what < 8) return cancel();
    if (what < 12) return pass(1 + below(60));
    turn();
  }

  void define(const std::string& queue) {
    auto request = request_of(queue_op::define, queue);
    request.settings = source_.any_settings();
    const bool made = !model_.queues.contains(queue);
    CHECK(rig_.answers.at(rig_.ask(request)).created == made);
    expect(errc::none);
    model_.define(queue, request.settings);
  }

  void remove(const std::string& queue) {
    const bool there = model_.queues.contains(queue);
    rig_.ask(request_of(queue_op::remove, queue));
    expect(there ? errc::none : errc::not_found);
    if (there) model_.remove(queue);
  }

  void revive(const std::string& queue) {
    const bool there = model_.queues.contains(queue);
    rig_.ask(request_of(queue_op::revive, queue));
    expect(there ? errc::none : errc::not_found);
    if (!there) return;
    model_.revive(queue);
    model_.serve();
  }

  void pause(const std::string& queue, bool paused) {
    const bool there = model_.queues.contains(queue);
    rig_.ask(request_of(paused ? queue_op::pause : queue_op::resume, queue));
    expect(there ? errc::none : errc::not_found);
    if (!there) return;
    model_.pause(queue, paused);
    model_.serve();
  }

  void purge(const std::string& queue) {
    const bool there = model_.queues.contains(queue);
    auto request = request_of(queue_op::purge, queue);
    request.dead = below(2) == 0;
    const auto& answer = rig_.answers.at(rig_.ask(request));
    expect(there ? errc::none : errc::not_found);
    if (!there) return;
    CHECK(answer.purged == model_.purge(queue, request.dead));
    model_.serve();
  }

  void join() {
    auto request = request_of(queue_op::join, any_queue());
    request.timeout_ms = below(300);
    const auto asker = any_asker();
    request.id = rig_.ask(request, asker);
    model_.ask(asker, request);
    model_.serve();
  }

  void end_holder() {
    const auto asker = any_asker();
    const auto holder = 1 + below(2);
    rig_.end_holder(holder, asker);
    model_.end_holder(asker, holder);
    model_.serve();
  }

  void lose() {
    const auto asker = any_asker();
    rig_.core.lose(asker, rig_.now);
    rig_.gather();
    model_.lose(asker);
    model_.serve();
  }

  void cancel() {
    const auto asker = any_asker();
    // Mostly one that waits; many of the last requests do.
    const auto request = rig_.last - std::min<std::uint64_t>(rig_.last, below(30));
    rig_.cancel(request, asker);
    model_.cancel(asker, request);
    model_.serve();
  }

  void pass(std::uint64_t ms) {
    rig_.pass(ms);
    model_.pass(ms);
  }

  /// One batch of puts, leases and uses of leases.
  void turn() {
    // By turns more is put than acked and the other way round: full queues, and empty ones.
    const auto puts = turns_++ / 100 % 2 == 0 ? 3U : 1U;
    const auto asker = any_asker();
    proto::queue_batch batch;
    for (auto left = 1 + below(6); left > 0; --left) {
      const auto kind = below(8);
      batch.requests.push_back(kind < puts ? any_put()
                               : kind < 5  ? source_.any_lease()
                                           : any_use());
      batch.requests.back().id = ++rig_.last;
    }
    for (const auto& each : batch.requests)
      if (!each.lease.empty()) use_in_model(each);
    for (const auto op : {queue_op::put, queue_op::lease})
      for (const auto& each : batch.requests)
        if (each.op == op) model_.ask(asker, each);
    rig_.send(std::move(batch), asker);
    model_.serve();
  }

  proto::queue_request any_put() {
    auto out = source_.any_put();
    const auto found = model_.queues.find(out.queue);
    const bool full =
        found != model_.queues.end() && found->second.putters.size() + 6 > most_putters;
    if (full) out.timeout_ms = 0;
    return out;
  }

  proto::queue_request any_use() {
    const bool none = leases_.empty() || below(50) == 0;
    return source_.any_use(none ? "no such lease" : any_known_lease());
  }

  /// Mostly a late one, since the others are mostly used already.
  const std::string& any_known_lease() { return leases_.late(below(20)).name; }

  void use_in_model(const proto::queue_request& use) {
    const auto* lease = leases_.newest(use.lease);
    const bool held = lease && model_.held(lease->body, lease->attempt);
    expected_[use.id] = held ? errc::none : errc::lease_lost;
    if (!held) return;
    const bool extends = use.op == queue_op::extend;
    if (use.op == queue_op::ack) CHECK(acked_.insert(lease->body).second);
    model_.use(use.op, lease->body, extends ? use.lease_ms : use.delay_ms);
    if (!extends) leases_.erase(use.lease);
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
    check_books();
  }

  void check_answer(const proto::queue_answer& answer) {
    CAPTURE(answer.id, static_cast<int>(answer.op));
    model_answer got{answer.code, {}};
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
      REQUIRE(each.stats.unfinished == queue.unfinished());
      REQUIRE(each.stats.total_put == queue.put);
      REQUIRE(each.stats.total_acked == queue.acked);
      REQUIRE(each.stats.settings.paused == queue.settings.paused);
      REQUIRE(queue.put == queue.acked + queue.purged + queue.items.size());
      leased += each.stats.leased;
    }
    REQUIRE(rig_.core.leases().leases() == leased);
  }

  /// Everybody goes, everything is put back, leased and acked.
  void finish() {
    for (std::uint64_t asker = 1; asker <= askers; ++asker) {
      rig_.core.lose(asker, rig_.now);
      rig_.gather();
      model_.lose(asker);
      model_.serve();
    }
    pass(1'000);
    for (const auto& [name, queue] : std::map{model_.queues}) {
      pause(name, false);
      revive(name);
      auto request = request_of(queue_op::lease, name);
      request.count = 1'000'000;
      request.id = rig_.ask(request);
      model_.ask(1, request);
      model_.serve();
      for (const auto& item : std::vector{rig_.answers.at(request.id).items}) {
        CHECK(acked_.insert(item.body).second);
        CHECK(rig_.ack(item.lease) == errc::none);
        expect(errc::none);
        model_.use(queue_op::ack, item.body, 0);
      }
      CHECK(rig_.code(rig_.join(name, 0)) == errc::none);
      expect(errc::none);
      CHECK(model_.queues.at(name).items.empty());
    }
    pass(1'000); // nothing is left to be looked at
    CHECK_FALSE(rig_.core.next().has_value());
    CHECK(rig_.core.leases().holders() == 0);
  }

  random_requests source_;
  broker_rig rig_;
  queue_model model_;
  unsigned turns_ = 0;
  known_leases leases_;
  std::set<std::string> acked_;
  std::map<std::uint64_t, errc> expected_;
  queue_model::answers expected_items_;
};

} // namespace squall::tests
