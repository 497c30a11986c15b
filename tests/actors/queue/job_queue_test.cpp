// In every store: jobs among the items of a queue.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::put_refusal;
using strings = std::vector<std::string>;

namespace {

proto::job_options prime() {
  proto::job_options out;
  out.kind = "prime";
  return out;
}

strings kinds_of(const std::vector<proto::leased_item>& items) {
  strings out;
  for (const auto& each : items)
    out.push_back(each.kind);
  return out;
}

} // namespace

TEST_CASE("jobs of the kinds that are asked for are handed out, in the queue's order") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  proto::job_options a;
  a.kind = "a";
  proto::job_options b;
  b.kind = "b";
  const std::vector<proto::new_item> jobs{
      {"1", 5, 0, a}, {"2", 5, 0, b}, {"3", 9, 0, b}, {"4", 5, 0, prime()}, {"5", 5, 0, a}};
  s.put_jobs(jobs);
  s.put({"plain"}, 7);
  CHECK(kinds_of(s.lease_kinds({"none"})).empty());
  CHECK(kinds_of(s.lease_kinds({"b"}, 1)) == strings{"b"});
  CHECK(kinds_of(s.lease_kinds({""})) == strings{""});
  s.put({"plain"}, 7);
  CHECK(kinds_of(s.lease_kinds({"b", "", "a"})) == strings{"", "a", "b", "a"});
  s.put({"plain"}, 4);
  CHECK(kinds_of(s.lease_kinds({})) == strings{"prime", ""});
  CHECK(s.stats().ready == 0);
}

TEST_CASE("kinds keep the order of a queue that is changed") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const auto first = s.put_job(prime());
  s.put({"plain"});
  const auto last = s.put_job(prime());
  proto::queue_settings lifo;
  lifo.order = proto::queue_order::lifo;
  s.items->define("q", lifo);
  CHECK(s.lease_kinds({"prime"}, 1).at(0).job == last.id);
  CHECK(s.lease_kinds({"prime", ""}, 1).at(0).body == "plain");
  CHECK(s.lease_kinds({"prime"}, 1).at(0).job == first.id);
}

TEST_CASE("the oldest of items and jobs is the queue's oldest") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put_job(prime());
  s.now += 10;
  s.put({"plain"}, 9);
  CHECK(s.stats().oldest_ms == 10);
  s.lease_kinds({"prime"});
  CHECK(s.stats().oldest_ms == 0);
}

TEST_CASE("jobs are put into a queue that is made for them, when that is wanted") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const std::vector<proto::new_item> jobs{{"{}", 5, 0, prime()}};
  CHECK(refusal(s.put_jobs(jobs, "new")) == put_refusal::no_queue);
  CHECK(std::get<std::vector<proto::job_view>>(s.put_jobs(jobs, "new", true)).at(0).queue == "new");
  CHECK(std::get<std::vector<proto::job_view>>(s.put_jobs(jobs, "new")).size() == 1);
}

TEST_CASE("jobs go with their queue, and with what is purged") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = prime();
  options.unique_key = "u";
  options.idempotency_key = "k";
  const auto waiting = s.put_job(options);
  CHECK(s.items->remove("q", actors::removal::waiting)->items == 1);
  CHECK_FALSE(s.job(waiting.id));
  const auto again = s.put_job(options);
  CHECK_FALSE(again.existed);
  s.ack(s.lease(1).at(0).lease, "1");
  CHECK(s.items->remove("q", actors::removal::waiting)->items == 0);
  CHECK(s.items->remove("q", actors::removal::queue)->items == 1);
  CHECK_FALSE(s.job(again.id));
  s.items->define("q", {});
  CHECK_FALSE(s.put_job(options).existed);
  CHECK(s.stats().total_put == 1);
}
