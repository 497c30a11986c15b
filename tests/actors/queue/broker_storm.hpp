#pragma once

#include "tests/actors/queue/storm_check.hpp"
#include "tests/support/catch.hpp"

namespace squall::tests {

inline constexpr std::uint64_t askers = 3;
/// So few that every one of them is tried at every change, as the model does.
inline constexpr std::size_t most_putters = 8;

/// A broker and its store under thousands of random events, held against a simple model.
class storm : storm_check {
public:
  storm(std::uint32_t seed, std::unique_ptr<actors::store> items)
      : storm_check{seed, std::move(items)} {
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
    const auto what = below(46);
    if (what == 0) return define(any_queue());
    if (what == 1) return below(8) == 0 ? remove(any_queue()) : join();
    if (what == 2) return revive(any_queue());
    if (what == 3) return end_holder();
    if (what == 4) return below(4) == 0 ? lose() : purge(any_queue());
    if (what == 5) return pause(any_queue(), below(3) == 0);
    if (what < 8) return cancel();
    if (what < 12) return pass(1 + below(60));
    if (what < 15) return get_job();
    if (what == 15) return cancel_job();
    if (what == 16) return list_jobs(source_.any_filter());
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

  proto::job_id any_known_job() { return jobs_.empty() ? proto::job_id{} : jobs_.late(below(20)); }

  /// Of one job, maybe to wait for its end or its next change.
  proto::queue_request any_get() {
    auto out = get_of({any_known_job()}, below(2) * (1 + below(200)));
    const auto* job = model_.find(jobs_.body(out.jobs.front())).second;
    if (below(2) == 0) out.seen = job ? job->changes - below(2) : 1;
    return out;
  }

  void get_job() {
    auto request = any_get();
    if (below(4) == 0) request.jobs.push_back(any_known_job());
    const auto asker = any_asker();
    request.id = rig_.ask(request, asker);
    get_in_model(asker, request);
    model_.serve();
  }

  void get_in_model(std::uint64_t asker, const proto::queue_request& get) {
    std::vector<std::string> bodies;
    for (const auto& each : get.jobs)
      bodies.push_back(jobs_.body(each));
    model_.get({get.id, asker, model_.now + get.timeout_ms, bodies.front(), get.seen}, bodies);
  }

  void cancel_job() {
    const auto job = any_known_job();
    const auto body = jobs_.body(job);
    if (const auto* item = model_.find(body).second; item && item->at == proto::item_state::leased)
      revoked_.emplace(item->asker, leases_.last_of(body).name);
    model_.cancel_job(rig_.ask(cancel_of(job), any_asker()), body);
    model_.serve();
  }

  /// All pages of it.
  void list_jobs(proto::job_filter filter) {
    const auto queue = model_.queues.find(filter.queue);
    std::vector<std::string> expected;
    if (queue != model_.queues.end())
      for (auto each = queue->second.items.rbegin(); each != queue->second.items.rend(); ++each) {
        const auto bit = 1U << static_cast<unsigned>(each->at);
        const bool meant = !each->job.kind.empty() &&
                           (filter.kind.empty() || filter.kind == each->job.kind) &&
                           (filter.states == 0 || (filter.states & bit) != 0);
        if (meant) expected.push_back(job_text(*each, false, false));
      }
    std::vector<std::string> got;
    do {
      auto request = request_of(queue_op::job_list, "");
      request.filter = filter;
      const auto& answer = rig_.answers.at(rig_.ask(request));
      expect(errc::none);
      REQUIRE(answer.jobs.size() <= filter.most);
      for (const auto& job : answer.jobs)
        got.push_back(shown(job));
      filter.below = answer.next;
    } while (filter.below != 0);
    REQUIRE(got == expected);
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

  /// One batch of puts, leases, uses of leases and gets of jobs.
  void turn() {
    // By turns more is put than acked and the other way round: full queues, and empty ones.
    const auto puts = turns_++ / 100 % 2 == 0 ? 3U : 1U;
    const auto asker = any_asker();
    proto::queue_batch batch;
    for (auto left = 1 + below(6); left > 0; --left) {
      const auto kind = below(9);
      batch.requests.push_back(kind < puts ? any_put()
                               : kind < 5  ? source_.any_lease()
                               : kind == 8 ? any_get()
                                           : any_use());
      batch.requests.back().id = ++rig_.last;
    }
    for (const auto& each : batch.requests)
      if (!each.lease.empty()) use_in_model(each);
    for (const auto op : {queue_op::put, queue_op::lease})
      for (const auto& each : batch.requests)
        if (each.op == op) model_.ask(asker, each);
    model_.serve();
    for (const auto& each : batch.requests)
      if (each.op == queue_op::job_get) get_in_model(asker, each);
    rig_.send(std::move(batch), asker);
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
    model_.use(use, lease->body);
    if (!extends) leases_.erase(use.lease);
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
      do { // one dead job may have to wait until another with its key is done
        revive(name);
        ack_all(name); // that may be leased at a time
      } while (model_.queues.at(name).count(proto::item_state::dead) > 0 ||
               model_.queues.at(name).count(proto::item_state::ready) > 0);
      CHECK(rig_.code(rig_.join(name, 0)) == errc::none);
      expect(errc::none);
    }
    pass(86'400'000 + 1'000); // nothing is left to be looked at
    for (const auto& [name, queue] : model_.queues)
      CHECK(queue.items.empty());
    CHECK_FALSE(rig_.core.next().has_value());
    CHECK(rig_.core.leases().holders() == 0);
  }

  void ack_all(const std::string& queue) {
    auto request = request_of(queue_op::lease, queue);
    request.count = 1'000'000;
    request.id = rig_.ask(request);
    model_.ask(1, request);
    model_.serve();
    for (const auto& item : std::vector{rig_.answers.at(request.id).items}) {
      CHECK(acked_.insert(item.body).second);
      CHECK(rig_.ack(item.lease) == errc::none);
      expect(errc::none);
      model_.use(request_of(queue_op::ack, ""), item.body);
    }
  }

  unsigned turns_ = 0;
};

} // namespace squall::tests
