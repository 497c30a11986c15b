#include "actors/queue/memory_store.hpp"
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <set>
#include <string>
#include <variant>

using namespace squall;
using namespace squall::tests;
using actors::put_refusal;
using actors::queue_overhead;
using actors::settling;
using strings = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;

TEST_CASE("lease ids are 32 hexadecimal digits, and none comes twice") {
  shelf s{store_kind::memory};
  s.put(strings(1'000, "x"));
  std::set<std::string> seen;
  for (const auto& item : s.lease(1'000)) {
    CHECK(item.lease.size() == 32);
    CHECK(item.lease.find_first_not_of("0123456789abcdef") == std::string::npos);
    seen.insert(item.lease);
  }
  CHECK(seen.size() == 1'000);
  for (const std::string wrong : {"", "x", "0", "00000000000000000000000000000000"})
    CHECK_FALSE(s.use(settling::ack, wrong));
  auto upper = *seen.begin();
  upper[0] = 'G';
  CHECK_FALSE(s.use(settling::ack, upper));
  CHECK_FALSE(s.use(settling::ack, *seen.begin() + "0"));
}

TEST_CASE("the memory of all queues is bounded together, and is all given back") {
  shelf s{store_kind::memory, {}, 2 * queue_overhead + 4'000};
  s.items->define("other", {});
  s.put({std::string(2'000, 'x')});
  CHECK(refusal(s.put({std::string(1'800, 'x')}, 5, "other")) == put_refusal::no_memory);
  CHECK(refusal(s.put({std::string(queue_overhead + 4'000, 'x')}, 5, "other")) ==
        put_refusal::too_large);
  std::size_t few = 0;
  while (std::holds_alternative<numbers>(s.put({""}, 5, "other")))
    ++few;
  CHECK(few < 10);
  SECTION("by acks") {
    s.use(settling::ack, s.lease(1).at(0).lease);
    s.remove("other");
  }
  SECTION("by removal, also of dead and leased items with errors") {
    for (int i = 0; i < 5; ++i)
      s.use(settling::nack, s.lease(1).at(0).lease, 0, false, std::string(10'000, 'e'));
    CHECK(s.dead().at(0).attempts.at(4).error.size() == 4'096);
    s.remove("other");
    s.remove("q");
    s.items->define("q", {});
  }
  SECTION("by revival and ack") {
    for (int i = 0; i < 5; ++i)
      s.use(settling::nack, s.lease(1).at(0).lease, 0, false, std::string(10'000, 'e'));
    s.revive({1});
    s.use(settling::ack, s.lease(1).at(0).lease);
    s.remove("other");
  }
  s.items->define("other", {});
  CHECK(std::holds_alternative<numbers>(s.put({std::string(3'500, 'x')})));
}

TEST_CASE("queues without items take memory, too, and give it back") {
  shelf s{store_kind::memory, {}, 2 * queue_overhead + 10};
  const actors::store_lease lease{"third", 1, 0, true};
  CHECK(s.items->define("other", {}) == actors::defined::made);
  CHECK(s.items->define("third", {}) == actors::defined::no_memory);
  CHECK(s.items->define("q", {}) == actors::defined::changed);
  CHECK(s.items->lease({&lease, 1}, s.now).at(0) ==
        actors::lease_outcome{actors::lease_refusal::no_memory});
  CHECK(s.items->look(actors::books_of{"third", 0}, s.now).queues.empty());
  CHECK(refusal(s.put({""})) == put_refusal::no_memory);
  s.remove("other");
  CHECK(s.items->lease({&lease, 1}, s.now).at(0) == actors::lease_outcome{});
  CHECK(s.items->define("fourth", {}) == actors::defined::no_memory);
}

TEST_CASE("what jobs take is bounded, too, with their results, and is all given back") {
  proto::job_options options;
  options.kind = "prime";
  options.idempotency_key = std::string(200, 'k');
  options.unique_key = std::string(200, 'u');
  options.result_ttl_ms = 10;
  shelf s{store_kind::memory, {}, queue_overhead + 4'000};
  const std::vector<proto::new_item> larger{{std::string(3'500, 'x'), 5, 0, options}};
  CHECK(refusal(s.put_jobs(larger)) == put_refusal::too_large);
  const auto job = s.put_job(options);
  const auto other = [] {
    proto::job_options out;
    out.kind = "fetch";
    return out;
  }();
  CHECK(s.put_job(options).existed);
  const auto leased = s.lease(1).at(0);
  SECTION("when it is forgotten") {
    s.ack(leased.lease, std::string(3'000, 'r'));
    CHECK(refusal(s.put_jobs({{"{}", 5, 0, other}})) == put_refusal::no_memory);
    s.now += 86'400'000;
    s.items->expire(s.now);
  }
  SECTION("when it fails, is put back and cancelled") {
    s.nack(leased.lease, true);
    s.revive({leased.id});
    s.cancel(job.id);
    s.now += 86'400'000;
    s.items->expire(s.now);
  }
  SECTION("when its queue goes") {
    s.remove("q");
    s.items->define("q", {});
  }
  CHECK(std::holds_alternative<numbers>(s.put({std::string(3'500, 'x')})));
}
