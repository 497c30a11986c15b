// Many who ask for jobs at once, and who watches a job's changes.
#include "tests/actors/queue/broker_counting_store.hpp"
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::item_state;
using proto::queue_op;

namespace {

/// A broker whose uses of the store are counted.
struct counted {
  counted() { r.define("q"); }

  store_uses uses;
  job_rig r{std::make_unique<counting_store>(uses)};

  std::vector<proto::job_id> put_jobs(std::size_t count) {
    std::vector<proto::job_id> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(r.put_job("a"));
    return out;
  }
  /// One batch. Gives the number of the first.
  std::uint64_t send(std::vector<proto::queue_request> requests) {
    const auto first = r.last + 1;
    for (auto& each : requests)
      each.id = ++r.last;
    r.send({std::move(requests), {}, {}});
    return first;
  }
};

proto::queue_request watch_of(const proto::job_id& job, std::uint64_t seen,
                              std::uint32_t timeout_ms = 60'000) {
  auto out = get_of({job}, timeout_ms);
  out.seen = seen;
  return out;
}

/// What somebody who watches one job is told of it.
struct watched : job_rig {
  watched() {
    define("q");
    id = put_job("a");
  }

  proto::job_id id;
  std::uint64_t seen = 1;
  std::uint64_t watch = 0;

  void begin() { watch = ask(watch_of(id, seen), 2); }
  /// The change that has been answered by now; the next is waited for.
  proto::job_view next() {
    const auto job = answers.at(watch).jobs.at(0);
    CHECK(job.changes > seen);
    seen = job.changes;
    begin();
    return job;
  }
};

} // namespace

TEST_CASE("many puts and gets of jobs in one batch are a handful of uses of the store") {
  constexpr std::size_t count = 64;
  counted c;
  const auto known = c.put_jobs(count);
  c.uses = {};
  std::vector<proto::queue_request> batch;
  for (const auto& id : known) {
    batch.push_back(put_jobs_of("q", jobs_of("a", {"2"})));
    batch.push_back(get_of({id}));
  }
  const auto first = c.send(std::move(batch));
  CHECK(c.uses.puts <= 2);
  CHECK(c.uses.looks == 1);
  CHECK(c.uses.all() <= 4);
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(c.r.answers.at(first + 2 * i).jobs.size() == 1);
    CHECK(c.r.answers.at(first + 2 * i + 1).jobs.at(0).id == known[i]);
  }
  CHECK(c.r.stats("q").ready == 2 * count);
}

TEST_CASE("all who wait for jobs that end at once are answered with one look") {
  constexpr std::uint32_t count = 64;
  counted c;
  std::vector<std::uint64_t> waits;
  for (const auto& id : c.put_jobs(count))
    waits.push_back(c.r.ask(get_of({id}, 60'000)));
  SECTION("done") {
    const auto items = c.r.answers.at(c.r.ask(lease_of("q", {"a"}, 0, count))).items;
    std::vector<proto::queue_request> acks;
    for (const auto& item : items)
      acks.push_back(ack_of(item.lease, "1"));
    c.uses = {};
    c.send(std::move(acks));
    CHECK(c.uses.settles == 1);
  }
  SECTION("their time is over") {
    c.uses = {};
    c.r.pass(60'000);
  }
  SECTION("the broker drains") {
    c.uses = {};
    c.r.core.drain(c.r.now);
    c.r.gather();
  }
  CHECK(c.uses.looks == 1);
  for (const auto each : waits)
    CHECK(c.r.code(each) == errc::none);
}

TEST_CASE("who waits for a job's end is not looked for while it begins and fails") {
  counted c;
  const auto waits = c.r.ask(get_of({c.put_jobs(1).front()}, 60'000));
  c.uses = {};
  c.r.use(queue_op::nack, c.r.take_job("a").lease);
  CHECK(c.uses.looks == 0);
  CHECK_FALSE(c.r.code(waits));
}

TEST_CASE("a get tells what was asked before it in the same batch") {
  counted c;
  const auto id = c.put_jobs(1).front();
  const auto lease = c.r.take_job("a").lease;
  SECTION("an ack") {
    const auto first = c.send({ack_of(lease, "1"), get_of({id}), get_of({id}, 60'000)});
    CHECK(c.r.answered(first + 1) == item_state::done);
    CHECK(c.r.answered(first + 2) == item_state::done);
  }
  SECTION("a purge, behind it") {
    c.r.use(queue_op::release, lease);
    const auto first =
        c.send({get_of({id}), get_of({id}, 60'000), request_of(queue_op::purge, "q")});
    CHECK(c.r.answered(first) == item_state::ready);
    CHECK(c.r.code(first + 1) == errc::not_found);
  }
}

TEST_CASE("ids with the same item number are not taken for each other") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  auto other = id;
  other.high ^= 1;
  const auto waits = r.ask(get_of({id}, 60'000));
  proto::queue_batch batch;
  batch.requests = {get_of({other}, 60'000), get_of({id}), get_of({other})};
  for (auto& each : batch.requests)
    each.id = ++r.last;
  r.send(std::move(batch));
  CHECK(r.code(r.last - 2) == errc::not_found);
  CHECK(r.answers.at(r.last - 1).jobs.at(0).id == id);
  CHECK(r.code(r.last) == errc::not_found);
  CHECK_FALSE(r.code(waits));
  r.ask(cancel_of(id));
  CHECK(r.answered(waits) == item_state::cancelled);
}

TEST_CASE("who has not seen all changes of a job gets it at once, and at every change then") {
  watched w;
  w.seen = 0;
  CHECK_FALSE(w.code(w.ask(watch_of(w.id, 0)))); // waits for its end
  CHECK(w.answers.at(w.ask(watch_of(w.id, 0, 0))).jobs.at(0).changes == 1);
  w.seen = 1;
  w.begin();
  CHECK_FALSE(w.code(w.watch));
  auto lease = w.take_job("a").lease;
  CHECK(w.next().state == item_state::leased);
  SECTION("given back") {
    w.use(queue_op::release, lease);
    CHECK(w.next().state == item_state::ready);
  }
  SECTION("failed, and ready again") {
    w.use(queue_op::nack, lease, 500);
    CHECK(w.next().state == item_state::delayed);
    w.pass(500);
    CHECK(w.next().state == item_state::ready);
  }
  SECTION("its lease runs out") {
    w.pass(30'000);
    CHECK(w.next().state == item_state::ready);
  }
  SECTION("dead") {
    w.ask(fail_of(lease));
    CHECK(w.answered(w.watch) == item_state::dead);
    CHECK(w.answered(w.ask(watch_of(w.id, 1'000))) == item_state::dead); // all that there is
  }
  SECTION("done") {
    w.ask(ack_of(lease, "42"));
    CHECK(w.answers.at(w.watch).jobs.at(0).result == "42");
  }
  SECTION("cancelled") {
    w.ask(cancel_of(w.id));
    CHECK(w.answered(w.watch) == item_state::cancelled);
  }
  SECTION("gone") {
    w.ask(request_of(queue_op::remove, "q"));
    CHECK(w.code(w.watch) == errc::not_found);
  }
}

TEST_CASE("who watches a job is told its progress, and not of a lease that is prolonged") {
  watched w;
  const auto lease = w.take_job("a").lease;
  w.seen = 2;
  w.begin();
  w.use(queue_op::extend, lease);
  CHECK_FALSE(w.code(w.watch));
  auto extend = request_of(queue_op::extend, "");
  extend.lease = lease;
  extend.result = R"({"percent":50})";
  w.ask(extend);
  CHECK(w.next().progress == extend.result);
  w.ask(ack_of(lease, "1"));
  CHECK(w.answered(w.watch) == item_state::done);
}

TEST_CASE("who watched a job that did not change gets it as it is when the time is over") {
  watched w;
  w.begin();
  w.pass(59'999);
  CHECK_FALSE(w.code(w.watch));
  w.pass(1);
  CHECK(w.answered(w.watch) == item_state::ready);
  CHECK(w.answers.at(w.watch).jobs.at(0).changes == 1);
}

TEST_CASE("who waits for a job's end waits on beside those who watch it") {
  watched w;
  const auto end = w.ask(get_of({w.id}, 60'000));
  w.begin();
  const auto lease = w.take_job("a").lease;
  CHECK(w.next().state == item_state::leased);
  CHECK_FALSE(w.code(end));
  w.ask(ack_of(lease, "1"));
  CHECK(w.answered(end) == item_state::done);
  CHECK(w.answered(w.watch) == item_state::done);
}
