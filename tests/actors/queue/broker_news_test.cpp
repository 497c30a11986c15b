// What a broker makes of others' changes in a store that it shares with them.
#include "tests/actors/queue/broker_counting_store.hpp"
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/actors/queue/fragile_rig.hpp"
#include "tests/actors/queue/running_broker.hpp"
#include "tests/support/catch.hpp"

#include <functional>
#include <future>
#include <memory>
#include <thread>

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::item_state;
using proto::queue_op;
using strings = std::vector<std::string>;

namespace {

/// A broker, and somebody else who uses its store behind its back.
struct shared_rig : job_rig {
  shared_rig() { define("q", holding(1)); }

  void hear(const proto::store_news& news) {
    core.hear(news, now);
    gather();
  }
  void other_puts(const std::string& body) const {
    actors::store_put put{"q", items_of({body}), false};
    store->put({&put, 1}, now);
  }
  proto::leased_item other_leases() const {
    const actors::store_lease ask{"q", 1, 30'000, false, {}};
    return std::get<0>(store->lease({&ask, 1}, now).front()).at(0);
  }
  void other_settles(actors::settling what, const std::string& lease) const {
    actors::settlement use;
    use.what = what;
    use.lease = lease;
    REQUIRE(store->settle({&use, 1}, now).front());
  }
};

proto::store_news all_news() {
  proto::store_news out;
  out.all = true;
  return out;
}

/// A watch whose news the test tells.
class fake_watch final : public actors::store_watch {
public:
  using teller = std::function<void(proto::store_news)>;

  fake_watch(std::promise<teller>& started, std::vector<std::string>& ends)
      : started_{started}, ends_{ends} {}
  ~fake_watch() override { ends_.emplace_back("watch"); }

  void start(teller tell) override { started_.set_value(std::move(tell)); }

private:
  std::promise<teller>& started_;
  std::vector<std::string>& ends_;
};

} // namespace

TEST_CASE("what another put goes to who waits here") {
  shared_rig r;
  const auto lease = r.lease("q", 60'000);
  r.other_puts("1");
  CHECK_FALSE(r.code(lease));
  SECTION("it says where") {
    proto::store_news news;
    news.ready = {"nobody waits here", "q"};
    r.hear(news);
  }
  SECTION("news were lost") {
    r.hear(all_news());
  }
  CHECK(r.bodies(lease) == strings{"1"});
}

TEST_CASE(
    "news that come within a turn are looked at again behind it, for it may have read before") {
  shared_rig r;
  const auto lease = r.lease("q", 60'000);
  proto::queue_batch batch;
  batch.requests.push_back(request_of(queue_op::stats, "q"));
  r.core.handle(1, batch, r.now);
  proto::store_news news;
  news.ready = {"q"};
  r.core.hear(news, r.now);
  r.other_puts("1"); // as if it was not seen until now
  r.gather();
  CHECK_FALSE(r.code(lease));
  CHECK(r.core.next() == r.now);
  r.core.tick(r.now);
  r.gather();
  CHECK(r.bodies(lease) == strings{"1"});
}

TEST_CASE("room that another made is for who waits here, and what it finished ends joins") {
  shared_rig r;
  r.put("q", {"1"});
  const auto put = r.put("q", {"2"}, 60'000);
  const auto leased = r.other_leases();
  proto::store_news news;
  SECTION("it says where") {
    news.freed = {"nobody waits here", "q"};
  }
  SECTION("news were lost") {
    news = all_news();
  }
  r.hear(news);
  CHECK(r.code(put) == errc::none);
  const auto join = r.join("q", 60'000);
  r.ack(r.take("q").lease);
  CHECK_FALSE(r.code(join));
  r.other_settles(actors::settling::ack, leased.lease);
  r.hear(news);
  CHECK(r.code(join) == errc::none);
}

TEST_CASE("who waits for a job hears when another changed it") {
  shared_rig r;
  const auto id = r.put_job("a");
  const auto end = r.ask(get_of({id}, 60'000));
  auto watching = get_of({id}, 60'000);
  watching.seen = 1;
  const auto watch = r.ask(watching);
  proto::store_news news;
  SECTION("it says which") {
    news.jobs = {item_of(id) + 1, item_of(id)};
  }
  SECTION("news were lost") {
    news = all_news();
  }
  r.hear(news);
  CHECK_FALSE(r.code(watch));
  const auto leased = r.other_leases();
  r.hear(news);
  CHECK(r.answered(watch) == item_state::leased);
  CHECK_FALSE(r.code(end));
  r.other_settles(actors::settling::ack, leased.lease);
  r.hear(news);
  CHECK(r.answered(end) == item_state::done);
}

TEST_CASE("leases that others made void are held no more, and their holders told if cancelled") {
  shared_rig r;
  r.define("q");
  for (const auto* body : {"1", "2", "3"})
    r.put("q", {body});
  proto::store_news news;
  news.void_leases = {r.take("q", 2).lease, "of somebody else"};
  news.revoked = {r.take("q", 3).lease, "of somebody else"};
  r.take("q", 4);
  r.hear(news);
  CHECK(r.core.leases().leases() == 1);
  REQUIRE(r.revoked.size() == 1);
  CHECK(r.revoked.at(3) == strings{news.revoked[0]});
  r.hear(news);
  CHECK(r.revoked.at(3).size() == 1);
}

TEST_CASE("news count whatever becomes of the turn in which they come") {
  fragile_rig f;
  auto& r = f.r;
  r.put("q", {"1", "2"});
  proto::store_news news;
  news.void_leases = {r.take("q", 2).lease};
  news.revoked = {r.take("q", 3).lease};
  const auto waits = r.lease("q", 60'000);
  f.store->full = "the disk is full";
  const auto put = f.part_put("3");
  r.core.hear(news, r.now);
  r.gather();
  f.failed(put);
  CHECK_FALSE(r.code(waits));
  CHECK(r.core.leases().leases() == 0);
  CHECK(r.revoked.at(3) == news.revoked);
  f.store->full.clear();
  r.put("q", {"4"});
  CHECK(r.bodies(waits) == strings{"4"});
}

TEST_CASE("news of nothing that is waited for leave the store alone") {
  store_uses uses;
  job_rig r{std::make_unique<counting_store>(uses)};
  r.define("q");
  uses = {};
  const auto commits = r.core.commits();
  r.core.hear({false, {"q", "p"}, {"q"}, {1, 2}, {"lease"}, {"lease"}}, r.now);
  r.gather();
  CHECK(uses.all() == 0);
  CHECK(r.core.commits() == commits);
}

TEST_CASE("when news were lost, a broker also looks whether anything ran out") {
  shared_rig r;
  CHECK_FALSE(r.core.next());
  r.other_puts("1");
  r.other_leases();
  r.hear(all_news());
  r.pass(0);
  CHECK(r.core.next() == r.now + 30'000);
}

TEST_CASE("a broker hears the watch of its store, which ends before the store does") {
  std::promise<fake_watch::teller> started;
  std::vector<std::string> ends;
  // Owned by the store.
  std::shared_ptr<fragility> of_store{new fragility, [&](const fragility* each) {
                                        ends.emplace_back("store");
                                        delete each;
                                      }};
  fake_watch::teller tell;
  {
    auto options =
        running_broker::options_of(std::make_unique<fragile_store>(std::move(of_store)), true);
    options.watch = std::make_unique<fake_watch>(started, ends);
    running_broker r{std::move(options)};
    tell = started.get_future().get();
    r.put(r.asker, "1");
    const auto lease = r.ask(r.asker, running_broker::lease(0)).items.at(0).lease;
    proto::store_news news;
    news.revoked = {lease};
    std::thread{[&] { tell(news); }}.join();
    r.asker->receive(
        [&](const proto::queue_answers& batch) { CHECK(batch.revoked == news.revoked); },
        caf::after(running_broker::patience) >> [] { FAIL("nothing was revoked"); });
  }
  CHECK(ends == strings{"watch", "store"});
  tell(all_news()); // nobody is there to hear it
}
