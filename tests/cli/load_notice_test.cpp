#include "deploy/cli/load_notice.hpp"

#include "tests/support/catch.hpp"

using namespace squall;
using cli::load_of;

namespace {

proto::worker_status worker(std::string name, std::string kind, std::uint32_t slots) {
  proto::worker_status made;
  made.who.name = std::move(name);
  made.pools.push_back({std::move(kind), slots, slots, 0, 0, 0});
  return made;
}

proto::queue_stats queue(std::string name, std::uint64_t ready, std::uint64_t leased) {
  proto::queue_stats made;
  made.name = std::move(name);
  made.ready = ready;
  made.leased = leased;
  return made;
}

std::uint64_t let_out(const proto::queue_stats& of) {
  const auto found = load_of({}, {of}, {}).queues;
  return found.empty() ? 0 : found.front().ready;
}

} // namespace

TEST_CASE("a report tells of each kind who offers its slots, what is there, and how long it took") {
  proto::router_status now;
  now.workers = {worker("sleepers-1", "sleep", 8), worker("sleepers-2", "sleep", 8),
                 worker("front-1", "sleep", 2), worker("primes-1", "prime", 4)};
  auto leaving = worker("sleepers-3", "sleep", 8);
  leaving.draining = true;
  now.workers.push_back(leaving);
  auto& kind = now.kinds.emplace_back();
  kind.info.name = "sleep";
  kind.slots = 18;
  kind.in_flight = 17;
  kind.waiting = 5;
  kind.running_time.add(2'000'000);
  kind.running_time.add(500'000);
  const auto report = load_of(now, {}, {});
  CHECK(report.queues.empty());
  REQUIRE(report.kinds.size() == 1);
  CHECK(report.kinds.front() ==
        supervisor::kind_load{
            "sleep", 18, 17, 5, 2, 2.5, {{"front", {1, 2}}, {"sleepers", {2, 16}}}});
}

TEST_CASE("a report tells of queues that have something to do, those with the most first") {
  auto busy = queue("numbers", 5, 2);
  busy.total_acked = 40;
  busy.total_nacked = 2;
  const auto report = load_of(
      {}, {queue("empty", 0, 0), busy, queue("mail", 0, 1), queue("default", 9, 0)}, {"mail"});
  REQUIRE(report.queues.size() == 3);
  CHECK(report.queues[0] == supervisor::queue_load{"default", 9, 0, 0, true});
  CHECK(report.queues[1] == supervisor::queue_load{"numbers", 5, 2, 42, false});
  CHECK(report.queues[2] == supervisor::queue_load{"mail", 0, 1, 0, true});
}

TEST_CASE("items that their queue holds back are no work for now") {
  auto held = queue("numbers", 1'000, 3);
  CHECK(let_out(held) == 1'000);
  held.settings.max_running = 5;
  CHECK(let_out(held) == 2);
  held.settings.max_running = 2;
  CHECK(let_out(held) == 0);
  held.settings.max_running = 0;
  held.settings.rate_count = 600;
  held.settings.rate_ms = 60'000;
  CHECK(let_out(held) == 11);
  held.settings.paused = true;
  CHECK(let_out(held) == 0);
}

TEST_CASE("a report of very many queues fits in a datagram all the same") {
  std::vector<proto::queue_stats> many;
  for (int i = 0; i < 5'000; ++i)
    many.push_back(queue(std::string(120, 'q') + std::to_string(i), 1'000'000'000 + i, 1'000'000));
  CHECK(to_text(load_of({}, many, {})).size() < supervisor::most_report_bytes);
}
