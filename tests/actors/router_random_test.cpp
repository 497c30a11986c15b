// A router under thousands of random events, held against what must be true of it at any time.
#include "tests/support/catch.hpp"
#include "tests/support/router_rig.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>

using namespace squall;
using namespace squall::tests;
using std::chrono::milliseconds;

namespace {

const std::vector<std::string> kind_names{"prime", "sleep", "pay"};

/// A worker as it sees itself: it answers every call that it got exactly once.
struct model_worker {
  std::string name;
  bool leaving = false;
  std::map<std::string, std::uint32_t> windows;
  std::vector<proto::call> calls; ///< got and not answered
};

class storm {
public:
  explicit storm(std::uint32_t seed) : random_{seed} {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      deliver();
      check();
    }
    settle();
  }

private:
  std::size_t below(std::size_t n) { return random_() % n; }

  void step() {
    switch (below(12)) {
    case 0:
      return join();
    case 1:
      return below(4) == 0 ? lose() : void();
    case 2:
      return below(4) == 0 ? leave() : grant();
    case 3:
      return cancel();
    case 4:
      return pass();
    case 5:
    case 6:
    case 7:
      return submit();
    default:
      return answer();
    }
  }

  void join() {
    if (workers_.size() > 5) return;
    const auto name = "w" + std::to_string(below(8));
    std::vector<proto::pool_offer> pools;
    model_worker model{name, false, {}, {}};
    for (const auto& kind : kind_names) {
      if (below(3) == 0) continue;
      const auto window = static_cast<std::uint32_t>(below(6));
      pools.push_back(offer(kind, static_cast<std::uint32_t>(below(4) + 1), window, kind != "pay"));
      model.windows[kind] = window;
    }
    auto who = worker_named(name);
    std::erase_if(workers_, [&](const auto& each) { return each.second.name == name; });
    const auto number = rig_.core.worker_joined(who, pools, rig_.now);
    workers_[number] = model;
  }

  void lose() {
    if (workers_.empty()) return;
    auto worker = std::next(workers_.begin(), static_cast<long>(below(workers_.size())));
    rig_.core.worker_lost(worker->first, rig_.now);
    workers_.erase(worker);
  }

  void leave() {
    if (workers_.empty()) return;
    auto worker = std::next(workers_.begin(), static_cast<long>(below(workers_.size())));
    rig_.core.worker_leaves(worker->first, rig_.now);
    worker->second.leaving = true;
  }

  void grant() {
    if (workers_.empty()) return;
    auto worker = std::next(workers_.begin(), static_cast<long>(below(workers_.size())));
    proto::result_batch batch;
    batch.worker = worker->first;
    for (auto& [kind, window] : worker->second.windows) {
      window = static_cast<std::uint32_t>(below(8));
      batch.grants.push_back({kind, window});
    }
    rig_.core.answered(batch, rig_.now);
  }

  void submit() {
    proto::submit_batch batch;
    for (auto n = below(6); n > 0; --n) {
      const auto id = rig_.id(++last_);
      const auto& kind = below(20) == 0 ? "foo" : kind_names[below(kind_names.size())];
      batch.calls.push_back(submission_of(id, kind, below(4), static_cast<std::uint8_t>(below(10)),
                                          static_cast<std::uint32_t>(below(3'000) + 1)));
      open_.insert(id);
    }
    rig_.core.submit(batch, rig_.now);
  }

  void cancel() {
    if (last_ == 0) return;
    const auto id = rig_.id(last_ - below(std::min<std::uint64_t>(last_, 30)));
    if (open_.erase(id) > 0) cancelled_.insert(id);
    proto::submit_batch batch;
    batch.cancelled.push_back(id);
    rig_.core.submit(batch, rig_.now);
  }

  void answer() {
    if (workers_.empty()) return;
    auto& [number, model] = *std::next(workers_.begin(), static_cast<long>(below(workers_.size())));
    proto::result_batch batch;
    batch.worker = number;
    for (auto n = std::min(below(4), model.calls.size()); n > 0; --n) {
      const auto which = model.calls.begin() + static_cast<long>(below(model.calls.size()));
      if (model.leaving)
        batch.returned.push_back(which->id);
      else
        batch.results.push_back({which->id, which->attempt, proto::errc::none, 5, "", ""});
      answered_.push_back({number, *which});
      model.calls.erase(which);
    }
    if (!answered_.empty() && below(3) == 0) {
      // Noise: something that was said before, perhaps by a worker that is gone.
      const auto& [from, call] = answered_[below(answered_.size())];
      if (from == number && now_at(call.id) != number)
        batch.results.push_back({call.id, call.attempt, proto::errc::none, 5, "", ""});
    }
    rig_.core.answered(batch, rig_.now);
  }

  std::uint64_t now_at(std::uint64_t id) const {
    for (const auto& [number, model] : workers_)
      if (std::ranges::find(model.calls, id, &proto::call::id) != model.calls.end()) return number;
    return 0;
  }

  void pass() {
    rig_.now += milliseconds{below(40) == 0 ? 6'000 : below(200)};
    rig_.core.expire(rig_.now);
  }

  /// What the router sent reaches the workers and the bridge.
  void deliver() {
    rig_.at.clear();
    rig_.answers.clear();
    rig_.gather();
    for (auto& [number, calls] : rig_.at) {
      const auto worker = workers_.find(number);
      REQUIRE(worker != workers_.end());
      REQUIRE_FALSE(worker->second.leaving);
      for (auto& call : calls)
        take(worker->second, call);
    }
    for (const auto& answer : rig_.answers) {
      INFO("answer " << answer.id << ' ' << answer.body);
      REQUIRE(open_.erase(answer.id) == 1);
    }
  }

  void take(model_worker& worker, const proto::call& call) {
    const auto expected = "{\"call\":" + std::to_string(call.id) + "}";
    REQUIRE(call.params == expected);
    REQUIRE_FALSE(cancelled_before_.contains(call.id));
    REQUIRE(call.attempt > attempts_[call.id]);
    attempts_[call.id] = call.attempt;
    worker.calls.push_back(call);
    const auto of_kind = std::ranges::count(worker.calls, call.kind, &proto::call::kind);
    REQUIRE(of_kind <= worker.windows[call.kind]);
  }

  void check() {
    cancelled_before_ = cancelled_;
    const auto status = rig_.core.status(rig_.now);
    REQUIRE(status.workers.size() == workers_.size());
    std::map<std::string, std::uint32_t> in_flight;
    auto model = workers_.begin();
    for (const auto& worker : status.workers) {
      for (const auto& pool : worker.pools) {
        const auto has = std::ranges::count(model->second.calls, pool.kind, &proto::call::kind);
        REQUIRE(pool.in_flight == has);
        in_flight[pool.kind] += pool.in_flight;
      }
      ++model;
    }
    for (const auto& kind : status.kinds) {
      REQUIRE(kind.in_flight == in_flight[kind.info.name]);
      if (kind.waiting > 0) REQUIRE_FALSE(has_room(status, kind.info.name));
    }
    REQUIRE(rig_.core.idle() == open_.empty());
    REQUIRE(rig_.core.watching() == !open_.empty());
  }

  static bool has_room(const proto::router_status& status, const std::string& kind) {
    for (const auto& worker : status.workers)
      for (const auto& pool : worker.pools)
        if (!worker.draining && pool.kind == kind && pool.in_flight < pool.window) return true;
    return false;
  }

  /// Nothing new comes: in the end every call has been answered.
  void settle() {
    for (int i = 0; i < 10'000 && !open_.empty(); ++i) {
      answer();
      pass();
      deliver();
      check();
    }
    REQUIRE(open_.empty());
    REQUIRE(rig_.core.idle());
  }

  std::mt19937 random_;
  router_rig rig_{{{20, 40}, milliseconds{5'000}, 3}};
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, model_worker> workers_;
  std::set<std::uint64_t> open_; ///< submitted, neither answered nor cancelled
  std::set<std::uint64_t> cancelled_;
  std::set<std::uint64_t> cancelled_before_; ///< this turn
  std::map<std::uint64_t, std::uint32_t> attempts_;
  std::vector<std::pair<std::uint64_t, proto::call>> answered_;
};

} // namespace

TEST_CASE("whatever happens, every call is answered once and no window is exceeded") {
  const auto seed = GENERATE(range(1, 25));
  INFO("seed " << seed);
  storm{static_cast<std::uint32_t>(seed)}.run(2'000);
}

TEST_CASE("under overload every connection gets its share") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1, "prime", 0);
  std::uint64_t last = 1;
  std::map<std::uint64_t, std::uint64_t> owner;
  std::map<std::uint64_t, int> served;
  for (std::uint64_t connection = 1; connection <= 8; ++connection)
    for (std::uint64_t i = 0; i < connection * 100; ++i) {
      owner[rig.id(++last)] = connection;
      rig.call(last, "prime", connection);
    }
  for (std::size_t i = 0; i <= 800; ++i) {
    const auto call = rig.at[worker].at(i);
    ++served[owner[call.id]];
    rig.answer(worker, call);
  }
  for (std::uint64_t connection = 1; connection <= 8; ++connection)
    CHECK(served[connection] == 100);
}
