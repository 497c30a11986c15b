// What a store on a server does beside what every store does: others use it, too, and it can go.
#include "actors/queue/postgres/postgres_store.hpp"

#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::settling;
using Catch::Matchers::ContainsSubstring;
using strings = std::vector<std::string>;

namespace {

proto::job_options keyed(const std::string& key, const std::string& unique) {
  proto::job_options out;
  out.kind = "k";
  out.idempotency_key = key;
  out.unique_key = unique;
  return out;
}

/// Does it as often as is said, each time on a thread of its own. Throws what one of them throws.
template <class Work>
void at_once(int count, Work work) {
  std::vector<std::future<void>> all;
  for (int i = 0; i < count; ++i)
    all.push_back(std::async(std::launch::async, work, i));
  for (auto& each : all)
    each.get();
}

/// Ends all connections but the one that says so.
void hang_up(const scratch_database& database) {
  const std::string others{"pg_stat_activity WHERE datname = current_database() AND "
                           "backend_type = 'client backend' AND pid <> pg_backend_pid()"};
  database.sql("SELECT pg_terminate_backend(pid, 10000) FROM " + others);
}

} // namespace

TEST_CASE("what was committed on a server is there for whoever opens it next") {
  proto::queue_settings settings;
  settings.order = proto::queue_order::priority;
  settings.maxsize = 10;
  settings.max_attempts = 1;
  shelf s{store_kind::postgres, settings};
  s.put({"dies"}, 9);
  s.use(settling::nack, s.lease(1).at(0).lease, 0, false, "it broke");
  s.put({"a", "b"});
  s.put({"urgent"}, 8);
  const auto leased = s.lease(1, 60'000).at(0);
  auto before = s.stats();
  s.reopen();
  auto after = s.stats();
  after.put_rate = before.put_rate = 0; // others' rates change with time
  CHECK(after == before);
  CHECK(s.dead().at(0).attempts.at(0).error == "it broke");
  CHECK(s.items->expire(s.now).next == s.now + 60'000);
  CHECK(s.use(settling::ack, leased.lease)->queue == "q");
  CHECK_FALSE(s.use(settling::ack, leased.lease));
  CHECK(s.bodies() == strings{"a", "b"});
}

TEST_CASE("what was not committed on a server never happened") {
  shelf s{store_kind::postgres};
  s.put({"1"});
  s.reopen();
  s.put({"2"});
  s.use(settling::ack, s.lease(1).at(0).lease);
  s.items.reset();
  s.items = s.home.open();
  CHECK(s.stats().total_acked == 0);
  CHECK(s.bodies() == strings{"1"});
}

TEST_CASE("stores that share a database give no item twice") {
  constexpr int gateways = 4;
  constexpr std::size_t items = 400;
  shelf s{store_kind::postgres};
  s.put(strings(items, "x"));
  s.items->commit();
  std::mutex mutex;
  std::vector<std::uint64_t> taken;
  at_once(gateways, [&](int which) {
    const auto mine = s.home.open();
    const actors::store_lease ask{"q", static_cast<std::uint32_t>(1 + which * 3), 60'000, false};
    for (int empty = 0; empty < 3;) {
      const auto got = std::get<0>(mine->lease({&ask, 1}, s.now).at(0));
      mine->commit();
      empty = got.empty() ? empty + 1 : 0;
      const std::lock_guard lock{mutex};
      for (const auto& each : got)
        taken.push_back(each.id);
    }
  });
  CHECK(taken.size() == items);
  CHECK(std::set(taken.begin(), taken.end()).size() == items);
  CHECK(s.stats().leased == items);
}

TEST_CASE("a lease that was acked through one store is void for the others") {
  shelf s{store_kind::postgres};
  s.put({"a", "b"});
  const auto leased = s.lease(2, 60'000);
  s.items->commit();
  shelf other{store_kind::memory};
  other.items = s.home.open();
  CHECK(other.use(settling::extend, leased.at(0).lease, 0));
  CHECK(other.use(settling::ack, leased.at(0).lease));
  CHECK(other.use(settling::release, leased.at(1).lease));
  other.items->commit();
  CHECK_FALSE(s.use(settling::ack, leased.at(0).lease));
  CHECK_FALSE(s.use(settling::nack, leased.at(1).lease));
  CHECK(s.bodies() == strings{"b"});
}

TEST_CASE("stores that put the same key at once find one job") {
  constexpr int gateways = 4;
  constexpr int keys = 20;
  shelf s{store_kind::postgres};
  s.items->commit();
  std::mutex mutex;
  std::set<proto::job_id> jobs;
  int made = 0;
  const auto with_unique_key = GENERATE(false, true);
  at_once(gateways, [&](int) {
    const auto mine = s.home.open();
    for (int key = 0; key < keys; ++key) {
      const auto name = "k" + std::to_string(key);
      actors::store_put put{"q", {{"{}", 5, 0, keyed(with_unique_key ? "" : name, "")}}};
      if (with_unique_key) put.items.front().job.unique_key = name;
      const auto done = mine->put({&put, 1}, s.now).at(0);
      mine->commit();
      const auto job = std::get<std::vector<proto::job_view>>(done).at(0);
      const std::lock_guard lock{mutex};
      jobs.insert(job.id);
      made += job.existed ? 0 : 1;
    }
  });
  CHECK(jobs.size() == keys);
  CHECK(made == keys);
  CHECK(s.stats().ready == keys);
}

TEST_CASE("bounds hold over all stores of a database") {
  proto::queue_settings settings;
  settings.maxsize = 25;
  settings.max_running = 7;
  shelf s{store_kind::postgres, settings};
  s.items->commit();
  at_once(4, [&](int) {
    const auto mine = s.home.open();
    for (int i = 0; i < 15; ++i) {
      actors::store_put put{"q", {{"x", 5}}};
      mine->put({&put, 1}, s.now);
      mine->commit();
      const actors::store_lease ask{"q", 3, 60'000, false};
      mine->lease({&ask, 1}, s.now);
      mine->commit();
    }
  });
  CHECK(s.stats().ready == 25);
  CHECK(s.stats().leased == 7);
}

TEST_CASE("stores that open an empty database at once find it made") {
  const store_home home{store_kind::postgres};
  at_once(6, [&](int) { home.open()->commit(); });
  CHECK(home.database().sql("SELECT count(*) FROM squall.meta") == strings{"1"});
}

TEST_CASE("a database of a newer version is refused and left as it is") {
  const store_home home{store_kind::postgres};
  home.open();
  home.database().sql("UPDATE squall.meta SET version = 99");
  CHECK_THROWS_WITH(home.open(), ContainsSubstring("newer version of squall (schema 99"));
  CHECK(home.database().sql("SELECT version FROM squall.meta") == strings{"99"});
}

TEST_CASE("a server that is not there is named, and no password with it") {
  for (const std::string url : {"postgres://ada:hush@127.0.0.1:1/d", "postgres:///d?host=/nowhere",
                                "postgres:///d?host=/nowhere&password=hush"}) {
    CAPTURE(url);
    std::string why;
    try {
      actors::open_postgres(url);
    } catch (const actors::store_failure& failure) {
      why = failure.what();
    }
    CHECK_THAT(why, ContainsSubstring("127.0.0.1") || ContainsSubstring("/nowhere"));
    CHECK_THAT(why, !ContainsSubstring("hush"));
  }
}

TEST_CASE("a turn whose connection is lost is not done, and the next one is") {
  shelf s{store_kind::postgres};
  s.put({"1"});
  s.items->commit();
  s.put({"2"});
  hang_up(s.home.database());
  CHECK_THROWS_AS(s.put({"3"}), actors::store_failure);
  CHECK_THROWS_AS(s.put({"4"}), actors::store_failure); // in the same turn
  CHECK_THROWS_AS(s.items->commit(), actors::store_failure);
  CHECK(s.bodies() == strings{"1"});
  s.items->commit();
}

TEST_CASE("a connection that is lost between two turns is made again, and nobody hears of it") {
  shelf s{store_kind::postgres};
  s.put({"1"});
  s.items->commit();
  hang_up(s.home.database());
  s.put({"2"});
  s.items->commit();
  CHECK(s.bodies() == strings{"1", "2"});
}

TEST_CASE("who watches a database hears what others do there, and not what its own store does") {
  shelf s{store_kind::postgres};
  s.items->commit();
  auto here = actors::open_postgres(s.home.database().url());
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<proto::store_news> heard;
  here.watch->start([&](proto::store_news news) {
    const std::lock_guard lock{mutex};
    heard.push_back(std::move(news));
    changed.notify_all();
  });
  const auto hears = [&](auto what) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, std::chrono::seconds{20},
                            [&] { return std::ranges::any_of(heard, what); });
  };
  CHECK(hears([](const auto& news) { return news.all; })); // from now on it listens
  actors::store_put own{"q", {{"own", 5}}};
  here.items->put({&own, 1}, s.now);
  here.items->commit();
  const auto job = s.put_job(keyed("", ""));
  s.items->commit();
  CHECK(hears([](const auto& news) { return news.ready == strings{"q"}; }));
  const auto leased = s.lease(2);
  s.items->commit();
  s.cancel(job.id);
  s.items->commit();
  CHECK(hears([&](const auto& news) { return news.revoked == strings{leased.at(1).lease}; }));
  CHECK(hears([&](const auto& news) {
    return std::ranges::count(news.jobs, proto::item_of(job.id)) == 1;
  }));
  s.now += 3'600'000;
  s.items->expire(s.now);
  s.items->commit();
  CHECK(hears([&](const auto& news) { return news.void_leases == strings{leased.at(0).lease}; }));
  hang_up(s.home.database());
  CHECK(hears([count = 0](const auto& news) mutable { return (count += news.all ? 1 : 0) == 2; }));
  here.watch.reset();
  const std::lock_guard lock{mutex};
  CHECK(std::ranges::count_if(heard, [](const auto& news) { return !news.ready.empty(); }) <= 2);
}
