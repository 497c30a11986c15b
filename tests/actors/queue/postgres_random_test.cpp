// Stores that share a database, each on a thread, do what comes: their books are those of the rows,
// no key has two jobs, and no job is acked twice.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;

namespace {

constexpr int gateways = 3;
constexpr int turns = 120;

/// What all of them were answered, of turns that were committed.
struct ledger {
  std::mutex mutex;
  std::set<proto::job_id> made;
  std::map<std::string, std::set<proto::job_id>> by_key;
  std::multiset<std::uint64_t> acked; ///< items
  std::uint64_t put = 0;
  int lost = 0; ///< turns
};

class gateway {
public:
  gateway(const store_home& home, std::uint32_t seed, ledger& all, actors::unix_ms& now)
      : all_{all}, now_{now}, items_{home.open()}, random_{seed} {}

  void turn() {
    const auto before = leases_;
    put_.clear();
    acked_.clear();
    try {
      if (below(20) == 0) items_->define("c", {});
      for (auto left = below(5); left > 0; --left)
        step();
      items_->commit();
      keep();
    } catch (const actors::store_failure& why) {
      end_failed();
      leases_ = before; // those that it acked are still held
      const std::lock_guard lock{all_.mutex};
      ++all_.lost;
      UNSCOPED_INFO(why.what());
    }
  }

private:
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  std::string queue() { return std::string(1, static_cast<char>('a' + below(3))); }

  void end_failed() {
    try {
      items_->commit();
    } catch (const actors::store_failure&) { // as it must
    }
  }
  void keep() {
    const std::lock_guard lock{all_.mutex};
    for (const auto& [key, view] : put_) {
      if (!view.existed) all_.made.insert(view.id);
      if (!view.existed) ++all_.put;
      if (!key.empty()) all_.by_key[key].insert(view.id);
    }
    all_.acked.insert(acked_.begin(), acked_.end());
  }

  void step() {
    switch (below(10)) {
    case 0:
    case 1:
    case 2:
      return put();
    case 3:
    case 4:
    case 5:
      return lease();
    case 6:
      items_->expire(now_);
      return;
    default:
      return use();
    }
  }
  void put() {
    const auto to = queue();
    actors::store_put put{to, {}};
    std::vector<std::string> keys;
    for (auto left = 1 + below(3); left > 0; --left) {
      auto& item = put.items.emplace_back();
      item.body = std::string(below(9), 'x');
      item.job.kind = std::string(1, static_cast<char>('k' + below(2)));
      if (below(4) == 0)
        item.job.idempotency_key = std::to_string(below(30));
      else if (below(4) == 0)
        item.job.unique_key = std::to_string(below(5));
      keys.push_back(item.job.idempotency_key);
    }
    const auto done = items_->put({&put, 1}, now_).at(0);
    if (const auto* views = std::get_if<std::vector<proto::job_view>>(&done))
      for (std::size_t i = 0; i < views->size(); ++i)
        put_.emplace_back(keys[i], views->at(i));
  }
  void lease() {
    const std::vector<std::string> some{"k"};
    const auto from = queue();
    actors::store_lease ask{from, 1 + below(4), 1 + below(60'000), false};
    if (below(2) == 0) ask.kinds = some;
    const auto done = items_->lease({&ask, 1}, now_).at(0);
    for (const auto& each : std::get<0>(done))
      leases_.push_back(each);
  }
  void use() {
    if (leases_.empty()) return;
    const auto at = leases_.begin() + below(static_cast<std::uint32_t>(leases_.size()));
    actors::settlement use;
    constexpr std::array kinds{settling::ack,     settling::ack,    settling::nack,
                               settling::release, settling::extend, settling::cancel};
    use.what = kinds[below(kinds.size())];
    use.lease = at->lease;
    use.job = at->job;
    use.result = "1";
    use.error = "no";
    use.delay_ms = below(2) * 10;
    if (items_->settle({&use, 1}, now_).at(0) && use.what == settling::ack)
      acked_.push_back(at->id);
    if (use.what != settling::extend) leases_.erase(at);
  }

  ledger& all_;
  actors::unix_ms& now_;
  std::unique_ptr<actors::store> items_;
  std::mt19937 random_;
  std::vector<proto::leased_item> leases_;
  std::vector<std::pair<std::string, proto::job_view>> put_; ///< in this turn
  std::vector<std::uint64_t> acked_;                         ///< in this turn
};

std::string number_of(const scratch_database& database, const std::string& what) {
  return database.sql("SELECT coalesce(" + what + ", 0)::bigint").at(0);
}

void check_books(const scratch_database& database, const std::string& queue) {
  CAPTURE(queue);
  const auto of = " WHERE queue = (SELECT id FROM squall.queues WHERE name = '" + queue + "'))";
  const std::vector<std::string> states{"ready", "delayed", "leased", "dead", "done", "cancelled"};
  for (std::size_t state = 0; state < states.size(); ++state) {
    CAPTURE(states[state]);
    auto rows = of;
    rows.insert(rows.size() - 1, " AND state = " + std::to_string(state));
    CHECK(number_of(database, "(SELECT sum(" + states[state] + ") FROM squall.books" + of) ==
          number_of(database, "(SELECT count(*) FROM squall.items" + rows));
  }
  CHECK(number_of(database, "(SELECT sum(bytes) FROM squall.books" + of) ==
        number_of(database, "(SELECT sum(bytes) FROM squall.items" + of));
  auto ready = of;
  ready.insert(ready.size() - 1, " AND state = 0 AND kind <> ''");
  CHECK(number_of(database, "(SELECT sum(ready_jobs) FROM squall.books" + of) ==
        number_of(database, "(SELECT count(*) FROM squall.items" + ready));
}

} // namespace

TEST_CASE("books and keys are right whatever stores do at once in one database") {
  const auto seed = GENERATE(take(2, random(0U, 4'000'000'000U)));
  CAPTURE(seed);
  const store_home home{store_kind::postgres};
  {
    const auto first = home.open();
    proto::queue_settings limited;
    limited.max_attempts = 2;
    first->define("a", limited);
    limited.maxsize = 20;
    limited.max_running = 6;
    first->define("b", limited);
    first->define("c", {});
    first->commit();
  }
  ledger all;
  std::vector<std::future<void>> threads;
  for (std::uint32_t which = 0; which < gateways; ++which)
    threads.push_back(std::async(std::launch::async, [&, which] {
      actors::unix_ms now = 5'000;
      gateway mine{home, seed + which, all, now};
      for (int i = 0; i < turns; ++i, now += 20)
        mine.turn();
    }));
  for (auto& each : threads)
    each.get();
  for (const auto* queue : {"a", "b", "c"})
    check_books(home.database(), queue);
  CHECK(number_of(home.database(), "(SELECT sum(total_put) FROM squall.books)") ==
        std::to_string(all.put));
  CHECK(std::set(all.acked.begin(), all.acked.end()).size() == all.acked.size());
  for (const auto& [key, jobs] : all.by_key) {
    CAPTURE(key);
    CHECK(jobs.size() == 1);
  }
  CHECK(all.lost < gateways * turns / 10);
}
