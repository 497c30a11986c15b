#include "gateway/declare/declare_talk.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace squall;
using gateway::declare_talk;
using gateway::declared_queue;
using gateway::declared_schedule;
using outcome = declare_talk::outcome;
using proto::errc;
using proto::item_state;
using proto::queue_op;

namespace {

const auto first = proto::make_job_id(1, 1, 1);

declared_queue queue_of(const std::string& settings) {
  declared_queue out;
  out.name = "mail";
  REQUIRE(!gateway::read_declared(out, settings));
  return out;
}

declared_schedule schedule_of(const std::string& text) {
  declared_schedule out;
  out.what.name = "nightly";
  REQUIRE(!gateway::read_declared(out, text, 1'000));
  return out;
}

proto::queue_answer stats(const proto::queue_settings& settings) {
  proto::queue_answer out;
  out.stats.emplace_back().name = "mail";
  out.stats.back().settings = settings;
  return out;
}

proto::queue_answer answer(queue_op op, errc code = errc::none) {
  proto::queue_answer out;
  out.op = op;
  out.code = code;
  return out;
}

proto::queue_answer jobs(queue_op op, const proto::schedule& kept,
                         item_state state = item_state::delayed) {
  auto out = answer(op);
  auto& job = out.jobs.emplace_back();
  job.id = first;
  job.state = state;
  job.params = proto::put_of(kept, 0).items.at(0).body;
  return out;
}

/// What is asked when this schedule is there.
std::optional<proto::queue_request> when_there(declare_talk& talk, const proto::schedule& there) {
  CHECK(talk.begin().op == queue_op::job_list);
  const auto read = talk.go_on(jobs(queue_op::job_list, there));
  REQUIRE(read);
  CHECK(read->op == queue_op::job_get);
  CHECK(read->jobs == std::vector{first});
  return talk.go_on(jobs(queue_op::job_get, there));
}

} // namespace

TEST_CASE("a declared queue that is not there is made") {
  declare_talk talk{queue_of(R"({"maxsize":5})")};
  CHECK(talk.about() == "queue mail");
  CHECK(talk.begin().op == queue_op::stats);
  const auto none = answer(queue_op::stats, errc::not_found);
  REQUIRE(declare_talk::expects(none));
  const auto define = talk.go_on(none);
  REQUIRE(define);
  CHECK(define->op == queue_op::define);
  CHECK(define->queue == "mail");
  CHECK(define->settings.maxsize == 5);
  auto made = answer(queue_op::define);
  made.created = true;
  CHECK(!talk.go_on(made));
  CHECK(talk.result() == outcome::made);
}

TEST_CASE("a declared queue is changed when it differs, and left when it is only paused") {
  const auto wanted = queue_of(R"({"maxsize":5})");
  declare_talk talk{wanted};
  talk.begin();
  auto settings = wanted.settings;
  settings.paused = true;
  CHECK(!talk.go_on(stats(settings)));
  CHECK(talk.result() == outcome::same);
  talk.begin();
  settings.maxsize = 6;
  REQUIRE(talk.go_on(stats(settings)));
  CHECK(!talk.go_on(answer(queue_op::define)));
  CHECK(talk.result() == outcome::changed);
}

TEST_CASE("a store that fails tells nothing of what is there") {
  CHECK(!declare_talk::expects(answer(queue_op::stats, errc::unavailable)));
  CHECK(!declare_talk::expects(answer(queue_op::define, errc::overloaded)));
  CHECK(!declare_talk::expects(answer(queue_op::job_get, errc::not_found)));
}

TEST_CASE("a declared schedule that is not there is made") {
  declare_talk talk{schedule_of(R"({"every_ms":60000,"kind":"k"})")};
  CHECK(talk.about() == "schedule nightly");
  talk.begin();
  const auto put = talk.go_on(answer(queue_op::job_list));
  REQUIRE(put);
  CHECK(put->op == queue_op::put);
  auto done = answer(queue_op::put);
  done.jobs.emplace_back().id = first;
  CHECK(!talk.go_on(done));
  CHECK(talk.result() == outcome::made);
}

TEST_CASE("a declared schedule that is there keeps its times") {
  const auto wanted = schedule_of(
      R"({"cron":"0 3 * * *","kind":"k","params":{"n":1},"queue":"q","priority":7,
          "max_attempts":3,"timeout_ms":1000,"ttl_ms":2000,"result_ttl_ms":3000})");
  auto there = wanted.what;
  there.due_ms = 12'345;
  there.last_ms = 2'345;
  declare_talk talk{wanted};
  CHECK(!when_there(talk, there));
  CHECK(talk.result() == outcome::same);
  SECTION("also when somebody has paused it") {
    there.paused = true;
    CHECK(!when_there(talk, there));
    CHECK(talk.result() == outcome::same);
  }
  SECTION("also when its job is another now") {
    there.job.priority = 1;
    const auto put = when_there(talk, there);
    REQUIRE(put);
    const auto kept = proto::schedule_in(put->items.at(0).body);
    REQUIRE(kept);
    CHECK(kept->due_ms == 12'345);
    CHECK(kept->last_ms == 2'345);
    CHECK(kept->job.priority == 7);
  }
  SECTION("but not when its times are others now") {
    there.cron = "0 4 * * *";
    const auto put = when_there(talk, there);
    REQUIRE(put);
    CHECK(proto::schedule_in(put->items.at(0).body)->due_ms == wanted.what.due_ms);
  }
}

TEST_CASE("a declared schedule that says whether it is paused is made so") {
  const auto wanted = schedule_of(R"({"every_ms":60000,"kind":"k","paused":false})");
  auto there = wanted.what;
  there.paused = true;
  there.due_ms = 5;
  declare_talk talk{wanted};
  const auto put = when_there(talk, there);
  REQUIRE(put);
  const auto kept = proto::schedule_in(put->items.at(0).body);
  CHECK(!kept->paused);
  CHECK(kept->due_ms == wanted.what.due_ms);
}

TEST_CASE("a declared schedule that is due while it is looked at is looked for again") {
  const auto wanted = schedule_of(R"({"every_ms":60000,"kind":"k"})");
  declare_talk talk{wanted};
  talk.begin();
  talk.go_on(jobs(queue_op::job_list, wanted.what));
  const auto again = talk.go_on(jobs(queue_op::job_get, wanted.what, item_state::done));
  REQUIRE(again);
  CHECK(again->op == queue_op::job_list);
}
