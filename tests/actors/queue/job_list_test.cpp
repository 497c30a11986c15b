// In every store: lists of jobs.
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace squall;
using namespace squall::tests;
using proto::item_state;
using ids = std::vector<proto::job_id>;

namespace {

proto::job_options of_kind(const std::string& kind) {
  proto::job_options out;
  out.kind = kind;
  return out;
}

ids ids_of(const std::vector<proto::job_view>& jobs) {
  ids out;
  for (const auto& each : jobs)
    out.push_back(each.id);
  return out;
}

proto::job_filter most(std::uint32_t most) {
  proto::job_filter out;
  out.most = most;
  return out;
}

std::uint32_t bit(item_state state) {
  return 1U << static_cast<std::uint32_t>(state);
}

} // namespace

TEST_CASE("jobs are listed newest first, in pieces that follow one another, without items") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  ids all;
  for (int i = 0; i < 5; ++i) {
    all.insert(all.begin(), s.put_job(of_kind("prime")).id);
    s.put({"plain"});
  }
  CHECK(ids_of(s.list(most(5)).jobs) == all);
  CHECK(s.list(most(5)).next == 0);
  auto which = most(2);
  ids seen;
  for (int page = 0; page < 3; ++page) {
    const auto part = s.list(which);
    for (const auto& each : ids_of(part.jobs))
      seen.push_back(each);
    CHECK((part.next == 0) == (page == 2));
    which.below = part.next;
    s.put_job(of_kind("prime")); // newer ones do not move the older
  }
  CHECK(seen == all);
}

TEST_CASE("jobs are listed by queue, kind and states together") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.items->define("other", {});
  const auto done = s.put_job(of_kind("a"));
  s.ack(s.lease(1).at(0).lease, "1");
  const auto ready = s.put_job(of_kind("a"));
  const auto delayed = s.put_job(of_kind("b"), 100);
  const auto elsewhere = s.put_job(of_kind("a"), 0, "other");
  proto::job_filter which;
  which.kind = "a";
  CHECK(ids_of(s.list(which).jobs) == ids{elsewhere.id, ready.id, done.id});
  which.queue = "q";
  CHECK(ids_of(s.list(which).jobs) == ids{ready.id, done.id});
  which.states = bit(item_state::done);
  CHECK(ids_of(s.list(which).jobs) == ids{done.id});
  which.kind.clear();
  which.states |= bit(item_state::delayed);
  CHECK(ids_of(s.list(which).jobs) == ids{delayed.id, done.id});
  which.queue = "none";
  CHECK(s.list(which).jobs.empty());
  which.queue = "q";
  which.kind = "none";
  CHECK(s.list(which).jobs.empty());
}

TEST_CASE("a list has neither params nor results, but the failures") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  s.put_job(of_kind("prime"));
  s.nack(s.lease(1).at(0).lease);
  s.ack(s.lease(1).at(0).lease, "1");
  const auto seen = s.list({}).jobs.at(0);
  CHECK(seen.params.empty());
  CHECK(seen.result.empty());
  CHECK(seen.attempts.size() == 1);
  CHECK(seen.worker == "w1");
}

TEST_CASE("a list of few among many jobs ends early, and is found to its end") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, {}, 64 << 20};
  const auto rare = s.put_job(of_kind("rare"));
  s.put_jobs(std::vector<proto::new_item>(10'000, {"{}", 5, 0, of_kind("prime")}));
  proto::job_filter which;
  which.kind = "rare";
  ids seen;
  int pages = 0;
  do {
    const auto part = s.list(which);
    for (const auto& each : ids_of(part.jobs))
      seen.push_back(each);
    which.below = part.next;
    ++pages;
  } while (which.below != 0);
  CHECK(seen == ids{rare.id});
  CHECK(pages == 3);
}

TEST_CASE("a list ends early behind many bytes of errors") {
  proto::queue_settings settings;
  settings.max_attempts = 60;
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind, settings, 64 << 20};
  s.put_jobs(std::vector<proto::new_item>(50, {"{}", 5, 0, of_kind("prime")}));
  for (int i = 0; i < 60; ++i)
    for (const auto& each : s.lease(50))
      s.use(actors::settling::nack, each.lease, 0, false, std::string(4'000, 'e'));
  const auto part = s.list({});
  CHECK(part.jobs.size() > 20);
  CHECK(part.jobs.size() < 50);
  auto rest = proto::job_filter{};
  rest.below = part.next;
  CHECK(part.jobs.size() + s.list(rest).jobs.size() == 50);
}

TEST_CASE("jobs that are named are told of in the order of their names") {
  const auto kind = GENERATE(from_range(every_store));
  shelf s{kind};
  const auto first = s.put_job(of_kind("prime"));
  const auto second = s.put_job(of_kind("prime"));
  const ids named{second.id, {1, 2}, first.id};
  CHECK(ids_of(s.items->look(actors::jobs_named{named}, s.now).jobs) == ids{second.id, first.id});
}
