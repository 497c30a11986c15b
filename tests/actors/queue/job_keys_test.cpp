// In every store: two puts of one job.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::put_refusal;
using proto::item_state;
using views = std::vector<proto::job_view>;
using numbers = std::vector<std::uint64_t>;

namespace {

constexpr std::uint64_t day_ms = 86'400'000;

proto::job_options with_key(const std::string& key, std::uint64_t fingerprint = 1) {
  proto::job_options out;
  out.kind = "prime";
  out.idempotency_key = key;
  out.fingerprint = fingerprint;
  return out;
}

proto::job_options unique(const std::string& key) {
  proto::job_options out;
  out.kind = "prime";
  out.unique_key = key;
  return out;
}

} // namespace

TEST_CASE("a key finds its job for a day, whatever became of it") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = with_key("k");
  options.result_ttl_ms = 10;
  const auto put = s.put_job(options);
  const auto again = s.put_job(options);
  CHECK(again.existed);
  CHECK(again.id == put.id);
  CHECK(s.ack(s.lease(1).at(0).lease, "1")->next == s.now + day_ms);
  CHECK(s.put_job(options).state == item_state::done);
  CHECK(s.stats().total_put == 1);
  s.now += day_ms - 1;
  s.items->expire(s.now);
  CHECK(s.put_job(options).existed);
  s.now += 1;
  s.items->expire(s.now);
  CHECK_FALSE(s.put_job(options).existed);
}

TEST_CASE("a key whose day is over is free, even when its job is still there") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const auto old = s.put_job(with_key("k"));
  s.now += day_ms;
  const auto fresh = s.put_job(with_key("k", 2));
  CHECK_FALSE(fresh.existed);
  CHECK(fresh.id != old.id);
  for (const auto& each : s.lease(2))
    s.ack(each.lease, "1");
  s.now += day_ms - 1;
  s.items->expire(s.now); // what is left of the old one goes no earlier than the new one's key
  CHECK(s.put_job(with_key("k", 2)).id == fresh.id);
}

TEST_CASE("the old job of a key that went over leaves the new one's key alone") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  auto options = with_key("k");
  options.result_ttl_ms = 5;
  s.put_job(options);
  s.now += day_ms;
  const auto fresh = s.put_job(options);
  s.ack(s.lease(1).at(0).lease, "1");
  s.now += 5;
  CHECK(s.items->expire(s.now).ended.size() == 1);
  CHECK(s.put_job(options).id == fresh.id);
}

TEST_CASE("a key that stands for another job is refused, and with it all of its put") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put_job(with_key("k", 1));
  CHECK(refusal(s.put_jobs({{"{}", 5, 0, with_key("other")}, {"{}", 5, 0, with_key("k", 2)}})) ==
        put_refusal::key_reused);
  CHECK(refusal(s.put_jobs({{"{}", 5, 0, with_key("a", 1)}, {"{}", 5, 0, with_key("a", 2)}})) ==
        put_refusal::key_reused);
  CHECK(s.stats().ready == 1);
}

TEST_CASE("two jobs of one put may have the same key") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const auto options = GENERATE(with_key("k"), unique("k"));
  const auto both = std::get<views>(s.put_jobs({{"{}", 5, 0, options}, {"{}", 5, 0, options}}));
  CHECK(both.at(0).id == both.at(1).id);
  CHECK_FALSE(both.at(0).existed);
  CHECK(both.at(1).existed);
}

TEST_CASE("jobs that are there take no room") {
  proto::queue_settings settings;
  settings.maxsize = 1;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings};
  s.put_job(with_key("k"));
  CHECK(s.put_job(with_key("k")).existed);
  CHECK(refusal(s.put_jobs({{"{}", 5, 0, unique("u")}})) == put_refusal::no_room);
}

TEST_CASE("at most one job with a unique key is unfinished in a queue") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.items->define("other", {});
  const auto put = s.put_job(unique("u"), 100);
  CHECK(s.put_job(unique("u")).id == put.id);
  CHECK_FALSE(s.put_job(unique("u"), 0, "other").existed);
  s.now += 100;
  s.items->expire(s.now);
  CHECK(s.put_job(unique("u")).state == item_state::ready);
  const auto leased = s.lease(1).at(0);
  CHECK(s.put_job(unique("u")).state == item_state::leased);
  SECTION("until it is done") {
    s.ack(leased.lease, "1");
  }
  SECTION("until it is dead") {
    s.nack(leased.lease, true);
  }
  SECTION("until it is cancelled") {
    s.cancel(put.id);
  }
  const auto next = s.put_job(unique("u"));
  CHECK_FALSE(next.existed);
  CHECK(s.put_job(unique("u")).id == next.id);
}

TEST_CASE("a dead job is revived with its unique key, unless another has it") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put_job(unique("u"));
  const auto leased = s.lease(1).at(0);
  s.nack(leased.lease, true);
  const auto second = s.put_job(unique("u"));
  CHECK(s.revive({leased.id}).empty());
  s.cancel(second.id);
  CHECK(s.revive({leased.id}) == numbers{leased.id});
  CHECK(s.put_job(unique("u")).id == leased.job);
}

TEST_CASE("of both keys of a job the one that makes a put repeatable counts first") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const auto first = s.put_job(unique("u"));
  const auto keyed = s.put_job(with_key("k"));
  auto both = with_key("k");
  both.unique_key = "u";
  CHECK(s.put_job(both).id == keyed.id);
  both.idempotency_key = "k2";
  CHECK(s.put_job(both).id == first.id);
}
