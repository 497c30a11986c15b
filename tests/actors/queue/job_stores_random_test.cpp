// All stores do the same with jobs, whatever is done to them.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;

namespace {

/// Stores to which the same is done. What is random in them, ids and leases, is not compared;
/// leases and jobs are known by the numbers of their items.
class siblings {
public:
  explicit siblings(std::uint32_t seed) : random_{seed} {}

  void step() {
    const auto turn = below(12);
    CAPTURE(turn);
    switch (turn) {
    case 0:
    case 1:
    case 2:
      return put();
    case 3:
    case 4:
      return lease();
    case 5:
    case 6:
      return use(settling::ack);
    case 7:
      return use(below(2) == 0 ? settling::nack : settling::release);
    case 8:
      return cancel();
    case 9:
      return revive();
    case 10:
      return rarely();
    default:
      return pass_time();
    }
  }

  void compare() {
    all([this](std::size_t which) {
      std::set<std::uint64_t> items;
      proto::job_filter every;
      every.most = 10'000;
      auto jobs = shelves_[which].list(every).jobs;
      for (auto& each : jobs) {
        items.insert(proto::item_of(each.id));
        each.id = numbered(which, each.id);
      }
      REQUIRE(items.size() == jobs.size());
      return jobs;
    });
    all([this](std::size_t which) {
      auto out = shelves_[which].stats();
      out.put_rate = out.ack_rate = 0; // they end with a store
      return out;
    });
    all([this](std::size_t which) {
      auto out = shelves_[which].dead();
      for (auto& each : out)
        each.id = place(which, each.id);
      return out;
    });
  }

private:
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  /// The how manieth item of its store it is: one on a server may pass over numbers.
  std::uint64_t place(std::size_t which, std::uint64_t item) const {
    return places_[which].at(item);
  }
  proto::job_id numbered(std::size_t which, const proto::job_id& id) const {
    return proto::make_job_id(proto::time_of(id), 0, place(which, proto::item_of(id)));
  }
  void add_place(std::size_t which, std::uint64_t item) {
    if (places_[which].emplace(item, places_[which].size()).second) items_[which].push_back(item);
  }
  template <class What>
  void all(What what) {
    const auto expected = what(0);
    for (std::size_t which = 1; which < shelves_.size(); ++which) {
      CAPTURE(which);
      REQUIRE(what(which) == expected);
    }
  }

  void put() {
    std::vector<proto::new_item> items;
    const bool jobs = below(5) > 0;
    for (auto left = 1 + below(3); left > 0; --left) {
      auto& item = items.emplace_back();
      item.body = std::string(below(5), 'x');
      item.priority = static_cast<std::uint8_t>(below(4));
      if (below(4) == 0) item.delay_ms = below(200);
      if (jobs) item.job = options();
    }
    all([&](std::size_t which) {
      auto done = shelves_[which].put_jobs(items);
      if (auto* views = std::get_if<std::vector<proto::job_view>>(&done))
        for (auto& each : *views) {
          add_place(which, proto::item_of(each.id));
          jobs_[which].push_back(each.id);
          each.id = numbered(which, each.id);
        }
      if (auto* ids = std::get_if<std::vector<std::uint64_t>>(&done))
        for (auto& each : *ids) {
          add_place(which, each);
          each = place(which, each);
        }
      return done;
    });
  }
  proto::job_options options() {
    proto::job_options out;
    out.kind = std::string(1, static_cast<char>('a' + below(3)));
    out.max_attempts = below(3);
    if (below(4) == 0) out.ttl_ms = 1 + below(300);
    out.result_ttl_ms = below(500);
    if (below(3) == 0) out.idempotency_key = std::to_string(below(40));
    out.fingerprint = below(20) == 0 ? 1 : 0;
    if (below(3) == 0) out.unique_key = std::to_string(below(10));
    return out;
  }

  void lease() {
    const std::array<std::vector<std::string>, 5> choices{
        {{}, {"a"}, {""}, {"b", "c", "b"}, {"", "a"}}};
    const auto& kinds = choices.at(below(5));
    const auto most = 1 + below(4);
    all([&](std::size_t which) {
      auto out = shelves_[which].lease_kinds(kinds, most);
      for (auto& each : out) {
        leases_[which].push_back(std::exchange(each.lease, {}));
        if (each.job) each.job = numbered(which, each.job);
        each.id = place(which, each.id);
      }
      return out;
    });
  }

  /// What is told but for names.
  using told = std::optional<std::tuple<std::string, std::uint32_t, std::optional<actors::unix_ms>,
                                        proto::job_id, proto::item_state, bool>>;
  told settle(std::size_t which, const actors::settlement& how) {
    const auto out = shelves_[which].settle(how);
    if (!out) return std::nullopt;
    return told{{out->queue, out->lease_ms, out->next,
                 out->job ? numbered(which, out->job) : proto::job_id{}, out->state,
                 !out->revoked.empty()}};
  }
  void use(settling what) {
    if (leases_[0].empty()) return;
    const auto index = below(static_cast<std::uint32_t>(leases_[0].size()));
    actors::settlement how;
    how.what = below(6) == 0 ? settling::extend : what;
    how.result = std::string(below(9), 'r');
    how.error = "no";
    how.worker = std::to_string(below(3));
    how.no_more = below(5) == 0;
    how.delay_ms = below(2) * below(100);
    all([&](std::size_t which) {
      how.lease = leases_[which].at(index);
      return settle(which, how);
    });
  }
  void cancel() {
    if (jobs_[0].empty()) return;
    const auto back = 1 + below(std::min<std::uint32_t>(20, jobs_[0].size()));
    all([&](std::size_t which) {
      actors::settlement how;
      how.what = settling::cancel;
      how.job = jobs_[which].at(jobs_[which].size() - back);
      return settle(which, how);
    });
  }
  void revive() {
    const auto dead = shelves_[0].dead();
    if (dead.empty()) return;
    const auto id = dead.at(below(static_cast<std::uint32_t>(dead.size()))).id;
    const auto at = place(0, id);
    all([&](std::size_t which) { return shelves_[which].revive({items_[which].at(at)}).size(); });
  }
  void rarely() {
    const auto what = below(20);
    proto::queue_settings settings;
    settings.maxsize = 60;
    settings.max_running = below(2) == 0 ? 0 : 1 + below(9);
    settings.max_attempts = 2;
    settings.order = static_cast<proto::queue_order>(below(3));
    const auto purge = what == 1 ? actors::removal::waiting : actors::removal::dead;
    all([&](std::size_t which) {
      auto& shelf = shelves_[which];
      if (what == 0) shelf.items->define("q", settings);
      return what == 1 || what == 2 ? shelf.items->remove("q", purge)->items : 0;
    });
    for (std::size_t which = 1; what == 3 && which < shelves_.size(); ++which)
      shelves_[which].reopen();
  }
  void pass_time() {
    const auto ms = below(100) == 0 ? 86'400'000 : below(60);
    all([&](std::size_t which) {
      auto& shelf = shelves_[which];
      shelf.now += ms;
      auto out = shelf.items->expire(shelf.now);
      std::set<std::uint64_t> ended;
      for (const auto& each : out.ended)
        ended.insert(place(which, proto::item_of(each)));
      return std::tuple{out.queues, out.leases.size(), ended, out.next};
    });
    for (auto& each : shelves_)
      each.items->commit();
  }

  std::mt19937 random_;
  static constexpr auto stores = every_store.size();

  std::array<shelf, stores> shelves_{shelf{store_kind::memory, {}, 64 << 20},
                                     shelf{store_kind::sqlite}, shelf{store_kind::postgres}};
  std::array<std::map<std::uint64_t, std::uint64_t>, stores> places_; ///< of items
  std::array<std::vector<std::uint64_t>, stores> items_;              ///< by their places
  std::array<std::vector<std::string>, stores> leases_;               ///< all that ever were
  std::array<std::vector<proto::job_id>, stores> jobs_;               ///< all that ever were
};

} // namespace

TEST_CASE("all stores do the same with jobs") {
  const auto seed = GENERATE(range(1U, 6U));
  CAPTURE(seed);
  siblings stores{seed};
  for (int step = 0; step < 2'000; ++step) {
    CAPTURE(step);
    stores.step();
    if (step % 20 == 0) stores.compare();
  }
  stores.compare();
}
