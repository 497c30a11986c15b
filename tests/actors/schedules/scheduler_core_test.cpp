// A scheduler's core with a broker's, over a store in memory, and a clock that the test turns.
#include "actors/schedules/scheduler_core.hpp"

#include "actors/queue/broker_core.hpp"
#include "actors/queue/memory_store.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <memory>

using namespace squall;
using actors::scheduler_core;
using proto::item_state;
using proto::queue_op;

namespace {

constexpr std::uint64_t minute = 60'000;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t start = 480'000 * hour; ///< some full hour

class rig {
public:
  rig() { core.tick(now); }

  /// Lets time pass, with all that happens on the way. Without a scheduler only the queues' time
  /// does.
  void pass(std::uint64_t ms, bool is_scheduled = true) {
    const auto until = now + ms;
    run(is_scheduled);
    while (true) {
      const auto next = core.next();
      if (!next || *next > until) break;
      now = std::max(now, *next);
      core.tick(now);
      run(is_scheduled);
    }
    now = until;
    run(is_scheduled);
  }

  void set(proto::schedule what) {
    if (what.cron.empty() == (what.every_ms == 0)) what.every_ms = minute;
    if (what.queue.empty()) what.queue = "jobs";
    what.job.body = "1";
    what.job.job.kind = "work";
    what.due_ms = std::get<proto::due_times>(proto::times_of(what)).next(now).value();
    ask(proto::put_of(what, now));
  }
  proto::schedule schedule() {
    auto request = listing(proto::schedule_queue);
    request.filter.states = 0b111;
    const auto listed = ask(request).jobs;
    REQUIRE(listed.size() == 1);
    proto::queue_request get;
    get.op = queue_op::job_get;
    get.jobs = {listed.front().id};
    return proto::schedule_in(ask(get).jobs.at(0).params).value();
  }
  std::vector<proto::job_view> jobs(std::string_view queue = "jobs") {
    return ask(listing(queue)).jobs;
  }

  proto::queue_answer ask(proto::queue_request request) {
    proto::queue_batch batch;
    request.id = 1;
    batch.requests.push_back(std::move(request));
    core.handle(user, batch, now);
    auto mail = core.take(now);
    auto out = mail.at(user).answers.at(0);
    deliver(mail);
    return out;
  }

  static constexpr actors::broker_core::asker user = 1;
  static constexpr actors::broker_core::asker scheduler = 2;

  std::uint64_t now = start;
  std::unique_ptr<actors::store> store = actors::make_memory_store(1 << 24);
  actors::broker_core core{*store, 1 << 20};
  scheduler_core schedules;
  std::vector<std::string> notes;

private:
  static proto::queue_request listing(std::string_view queue) {
    proto::queue_request request;
    request.op = queue_op::job_list;
    request.filter.queue = queue;
    request.filter.most = 1'000;
    return request;
  }

  void deliver(std::map<actors::broker_core::asker, proto::queue_answers>& mail) {
    if (!mail.contains(scheduler)) return;
    schedules.on_answers(mail[scheduler], now);
    for (auto& note : schedules.take_notes())
      notes.push_back(std::move(note));
  }

  void run(bool is_scheduled) {
    for (bool more = true; more;) {
      auto mail = core.take(now);
      deliver(mail);
      auto batch = is_scheduled ? schedules.take(now) : proto::queue_batch{};
      more = !batch.requests.empty() || !batch.cancelled.empty();
      if (more) core.handle(scheduler, batch, now);
    }
  }
};

proto::schedule every(std::uint64_t ms) {
  proto::schedule out;
  out.name = "s";
  out.every_ms = ms;
  return out;
}

} // namespace

TEST_CASE("a job is put at each due time, and the schedule says when the next one is") {
  rig r;
  r.set(every(minute));
  r.pass(minute - 1);
  CHECK(r.jobs().empty());
  CHECK(r.schedule().due_ms == start + minute);
  r.pass(1);
  CHECK(r.jobs().size() == 1);
  CHECK(r.schedule().due_ms == start + 2 * minute);
  CHECK(r.schedule().last_ms == start + minute);
  r.pass(10 * minute);
  CHECK(r.jobs().size() == 11);
  const auto job = r.jobs().front();
  CHECK(job.kind == "work");
  CHECK(job.state == item_state::ready);
  CHECK(r.notes.empty());
}

TEST_CASE("schedules of short periods do not skip a time, nor do they leave anything behind") {
  rig r;
  r.set(every(100));
  r.pass(minute);
  CHECK(r.jobs().size() == 600);
  CHECK(r.jobs(proto::schedule_queue).size() <= 102);
}

TEST_CASE("due times that were passed within the grace are made up for one by one") {
  rig r;
  r.set(every(100));
  r.pass(1'000, false);
  CHECK(r.jobs().empty());
  r.pass(0);
  CHECK(r.jobs().size() == 10);
}

TEST_CASE("a due time that was missed is skipped, or caught up on once for all of them") {
  rig r;
  auto what = every(minute);
  what.catch_up = GENERATE(false, true);
  r.set(what);
  r.pass(10 * minute + 30'000, false);
  r.pass(0);
  CHECK(r.jobs().size() == (what.catch_up ? 1 : 0));
  CHECK(r.schedule().due_ms == start + 11 * minute);
  CHECK(r.schedule().last_ms == (what.catch_up ? start + 10 * minute : 0));
  r.pass(minute);
  CHECK(r.jobs().size() == (what.catch_up ? 2 : 1));
}

TEST_CASE("a line of cron is due by its time zone") {
  rig r;
  proto::schedule what;
  what.name = "s";
  what.cron = "30 * * * *";
  what.time_zone = "Asia/Kolkata"; // half an hour off
  r.set(what);
  r.pass(2 * hour);
  CHECK(r.jobs().size() == 2);
  CHECK(r.schedule().due_ms == start + 3 * hour);
}

TEST_CASE("a paused schedule is never due") {
  rig r;
  auto what = every(minute);
  what.paused = true;
  r.set(what);
  r.pass(1'000 * minute);
  CHECK(r.jobs().empty());
}

TEST_CASE("what a schedule is due for is not put when it was changed meanwhile") {
  rig r;
  r.set(every(minute));
  r.pass(0);
  r.now += minute;
  r.core.tick(r.now);
  auto mail = r.core.take(r.now);
  auto& leased = mail.at(rig::scheduler);
  REQUIRE(leased.answers.at(0).items.size() == 1);
  proto::queue_request cancel;
  cancel.op = queue_op::job_cancel;
  cancel.jobs = {leased.answers.at(0).items.at(0).job};
  r.ask(cancel);
  r.schedules.on_answers(leased, r.now);
  r.pass(10 * minute);
  CHECK(r.jobs().empty());
  CHECK(r.notes.empty());
}

TEST_CASE("a batch that comes twice too late, since the lease ran out, does nothing") {
  rig r;
  r.set(every(minute));
  r.pass(0);
  r.now += minute;
  r.core.tick(r.now);
  auto mail = r.core.take(r.now);
  REQUIRE(mail.at(rig::scheduler).answers.at(0).items.size() == 1);
  r.pass(scheduler_core::lease_ms + minute / 2, false);
  r.schedules.on_answers(mail.at(rig::scheduler), r.now);
  r.pass(0);
  CHECK(r.jobs().size() == 1);
  CHECK(r.schedule().due_ms == start + 2 * minute);
}

TEST_CASE("a full queue costs a schedule one job, and is told") {
  rig r;
  proto::queue_request define;
  define.op = queue_op::define;
  define.queue = "jobs";
  define.settings.maxsize = 1;
  r.ask(define);
  r.set(every(minute));
  r.pass(2 * minute);
  CHECK(r.jobs().size() == 1);
  CHECK(r.schedule().due_ms == start + 3 * minute);
  REQUIRE(r.notes.size() == 1);
  CHECK(r.notes.front() == "schedule s: its job was not put: the queue is full");
}

TEST_CASE("a schedule that cannot be read is told and left dead") {
  rig r;
  auto request = proto::put_of(every(minute), r.now);
  request.items.front().body = "{}";
  r.ask(request);
  r.pass(minute);
  REQUIRE(r.notes.size() == 1);
  CHECK(r.notes.front() == "a schedule is given up (squall.schedule/s): it cannot be read");
  CHECK(r.jobs(proto::schedule_queue).at(0).state == item_state::dead);
}

TEST_CASE("a scheduler that drains leases nothing more, and ends what it has begun") {
  rig r;
  r.set(every(minute));
  r.pass(0);
  CHECK(!r.schedules.is_drained());
  r.schedules.drain();
  CHECK(r.schedules.is_drained());
  r.pass(2 * minute);
  CHECK(r.jobs().empty());
  CHECK(!r.schedules.next_look());
}

TEST_CASE("a scheduler whose lease fails asks again after a while, and says so once") {
  scheduler_core core;
  for (std::uint64_t now = start; now < start + 3'000; now += scheduler_core::retry_ms) {
    auto batch = core.take(now);
    REQUIRE(batch.requests.size() == 1);
    proto::queue_answers answers;
    auto& answer = answers.answers.emplace_back();
    answer.id = batch.requests.front().id;
    answer.op = queue_op::lease;
    answer.code = proto::errc::unavailable;
    answer.message = "the disk is full";
    core.on_answers(answers, now);
    CHECK(core.take(now + 1).requests.empty());
    CHECK(core.next_look() == now + scheduler_core::retry_ms);
  }
  CHECK(core.take_notes().size() == 1);
}
