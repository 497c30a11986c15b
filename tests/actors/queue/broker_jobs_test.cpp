// Jobs at a broker: put, looked at, waited for, listed.
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using actors::queue_overhead;
using proto::errc;
using proto::item_state;
using proto::queue_op;
using strings = std::vector<std::string>;

namespace {

std::vector<proto::new_item> job_with_key(const std::string& params, const std::string& key) {
  auto out = jobs_of("a", {params});
  out.front().job.idempotency_key = key;
  out.front().job.fingerprint = std::hash<std::string>{}(params);
  return out;
}

} // namespace

TEST_CASE("a put of jobs answers with them, and counts those that did not exist before") {
  job_rig r;
  r.define("q");
  const auto first = r.answers.at(r.ask(put_jobs_of("q", job_with_key("1", "key")))).jobs.at(0);
  CHECK(first.queue == "q");
  CHECK(first.kind == "a");
  CHECK(first.state == item_state::ready);
  CHECK_FALSE(first.existed);
  CHECK(r.answers.at(r.last).ids.empty());
  auto more = job_with_key("1", "key");
  more.push_back(jobs_of("a", {"2"}).front());
  const auto again = r.answers.at(r.ask(put_jobs_of("q", more))).jobs;
  CHECK(again.at(0).id == first.id);
  CHECK(again.at(0).existed);
  CHECK_FALSE(again.at(1).existed);
  CHECK(r.answers.at(r.ask(request_of(queue_op::stats, ""))).events.put == 2);
}

TEST_CASE("an idempotency key of another job is refused, with what to do about it") {
  job_rig r;
  r.define("q");
  r.ask(put_jobs_of("q", job_with_key("1", "key")));
  const auto other = r.ask(put_jobs_of("q", job_with_key("2", "key")));
  CHECK(r.code(other) == errc::invalid_params);
  CHECK(r.answers.at(other).message.find("choose another key") != std::string::npos);
}

TEST_CASE("jobs and other items are not put together") {
  job_rig r;
  r.define("q");
  auto mixed = jobs_of("a", {"1"});
  mixed.push_back(items_of({"2"}).front());
  CHECK(r.code(r.ask(put_jobs_of("q", mixed))) == errc::invalid_params);
  CHECK(r.stats("q").ready == 0);
}

TEST_CASE("a put makes its queue when it is told to") {
  job_rig r;
  auto put = put_jobs_of("q", jobs_of("a", {"1"}));
  CHECK(r.code(r.ask(put)) == errc::not_found);
  put.create = true;
  CHECK(r.code(r.ask(put)) == errc::none);
  CHECK(r.stats("q").ready == 1);
  put.queue = "no/slash";
  CHECK(r.code(r.ask(put)) == errc::invalid_params);
}

TEST_CASE("jobs are got as they are, all or none") {
  job_rig r;
  r.define("q");
  const auto first = r.put_job("a", "1");
  const auto second = r.put_job("b", "2");
  auto unknown = first;
  unknown.high ^= 1;
  const auto got = r.ask(get_of({second, first}, 60'000)); // several are not waited for
  REQUIRE(r.answers.at(got).jobs.size() == 2);
  CHECK(r.answers.at(got).jobs[0].id == second);
  CHECK(r.answers.at(got).jobs[1].params == "1");
  CHECK(r.code(r.ask(get_of({first, unknown}))) == errc::not_found);
  CHECK(r.code(r.ask(get_of({unknown}, 60'000))) == errc::not_found);
  CHECK(r.code(r.ask(get_of({}))) == errc::invalid_params);
  CHECK(r.state(first) == item_state::ready);
}

TEST_CASE("who gets a job that is not ended may wait until it is") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto first = r.ask(get_of({id}, 60'000));
  const auto second = r.ask(get_of({id}, 60'000), 2);
  const auto other = r.ask(get_of({r.put_job("b")}, 60'000));
  const auto lease = r.take_job("a").lease;
  CHECK_FALSE(r.code(first));
  SECTION("done") {
    r.ask(ack_of(lease, "42"));
    for (const auto each : {first, second}) {
      CHECK(r.answered(each) == item_state::done);
      CHECK(r.answers.at(each).jobs.at(0).result == "42");
      CHECK(r.answers.at(each).jobs.at(0).worker == "w");
    }
  }
  SECTION("dead") {
    r.ask(fail_of(lease));
    CHECK(r.answered(first) == item_state::dead);
    CHECK(r.answered(second) == item_state::dead);
    CHECK(r.answers.at(second).jobs.at(0).attempts.at(0).error == "there is no hope");
  }
  SECTION("cancelled") {
    r.ask(cancel_of(id));
    CHECK(r.answered(first) == item_state::cancelled);
    CHECK(r.answered(second) == item_state::cancelled);
  }
  CHECK(r.code(r.ask(get_of({id}, 60'000))) == errc::none);
  CHECK_FALSE(r.code(other));
}

TEST_CASE("who waits for a job that failed waits on while it may be run again") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto waits = r.ask(get_of({id}, 600'000));
  r.use(queue_op::nack, r.take_job("a").lease, 500);
  CHECK(r.state(id) == item_state::delayed);
  r.pass(500);
  r.take_job("a");
  r.pass(30'000); // the lease runs out
  CHECK_FALSE(r.code(waits));
  r.ask(ack_of(r.take_job("a").lease, "1"));
  CHECK(r.answered(waits) == item_state::done);
}

TEST_CASE("a job that was not begun in time is dead, and who waits for it hears of it then") {
  job_rig r;
  r.define("q", holding(1));
  auto jobs = jobs_of("a", {"1"});
  jobs.front().job.ttl_ms = 1'000;
  const auto id = r.answers.at(r.ask(put_jobs_of("q", jobs))).jobs.at(0).id;
  const auto waits = r.ask(get_of({id}, 60'000));
  const auto put = r.put("q", {"2"}, 60'000);
  r.pass(999);
  CHECK_FALSE(r.code(waits));
  r.pass(1);
  CHECK(r.answered(waits) == item_state::dead);
  CHECK(r.code(put) == errc::none); // there is room
}

TEST_CASE("who waited for a job long enough gets it as it is then") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto waits = r.ask(get_of({id}, 1'000));
  r.take_job("a");
  r.pass(999);
  CHECK_FALSE(r.code(waits));
  r.pass(1);
  CHECK(r.code(waits) == errc::none);
  CHECK(r.answered(waits) == item_state::leased);
}

TEST_CASE("a job goes with its queue, or with a purge, and who waits for it is told so") {
  job_rig r;
  r.define("q");
  r.define("other");
  const auto waits = r.ask(get_of({r.put_job("a")}, 60'000));
  const auto stays = r.ask(get_of({r.put_job("a", "2", "other")}, 60'000));
  SECTION("removed") {
    r.ask(request_of(queue_op::remove, "q"));
  }
  SECTION("purged") {
    r.ask(request_of(queue_op::purge, "q"));
  }
  CHECK(r.code(waits) == errc::not_found);
  CHECK_FALSE(r.code(stays));
}

TEST_CASE("who does not wait for a job any more is not answered") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto cancelled = r.ask(get_of({id}, 60'000));
  const auto lost = r.ask(get_of({id}, 60'000), 2);
  r.cancel(cancelled);
  r.core.lose(2, r.now);
  r.ask(cancel_of(id));
  CHECK_FALSE(r.code(cancelled));
  CHECK_FALSE(r.code(lost));
  r.send({{get_of({id})}, {}, {}}); // without a number
  r.pass(60'000);
}

TEST_CASE("a drain answers who waits for jobs with what they are, and nobody waits behind it") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto waits = r.ask(get_of({id}, 60'000));
  r.core.drain(r.now);
  r.gather();
  CHECK(r.answered(waits) == item_state::ready);
  CHECK(r.answered(r.ask(get_of({id}, 60'000))) == item_state::ready);
}

TEST_CASE("lines of jobs are no queues") {
  job_rig r;
  r.define("q");
  const auto id = r.put_job("a");
  const auto waits = r.ask(get_of({id}, 60'000));
  CHECK(r.code(r.join("job:" + to_text(id), 1'000)) == errc::not_found);
  CHECK(r.answers.at(r.ask(request_of(queue_op::stats, ""))).stats.size() == 1);
  CHECK(r.stats("q").joiners == 0);
  CHECK_FALSE(r.code(waits));
}

TEST_CASE(
    "a dead job stays so while another has its unique key, and holds no other dead one back") {
  job_rig r;
  r.define("q");
  auto unique = jobs_of("a", {"1"});
  unique.front().job.unique_key = "only one";
  r.ask(put_jobs_of("q", unique));
  r.ask(fail_of(r.take_job("a").lease));
  const auto other = r.put_job("b");
  r.ask(fail_of(r.take_job("b").lease));
  r.ask(put_jobs_of("q", unique));
  const auto back = r.ask(request_of(queue_op::revive, "q"));
  CHECK(r.answers.at(back).ids.size() == 1);
  CHECK(r.state(other) == item_state::ready);
  CHECK(r.stats("q").dead == 1);
}

TEST_CASE("jobs that are there already are not too many for a small queue") {
  job_rig r;
  r.define("q", holding(1));
  auto jobs = jobs_of("a", {"1", "1"});
  for (auto& each : jobs)
    each.job.unique_key = "only one";
  r.ask(put_jobs_of("q", {jobs.front()}));
  const auto waits = r.put("q", {"2"}, 60'000);
  const auto again = r.ask(put_jobs_of("q", jobs));
  CHECK(r.code(again) == errc::none);
  CHECK(r.answers.at(again).jobs.size() == 2);
  CHECK_FALSE(r.code(waits));
}

TEST_CASE("jobs are listed as the filter says, page by page") {
  job_rig r;
  r.define("q");
  for (const auto* params : {"1", "2", "3"})
    r.put_job("a", params);
  r.put_job("b");
  auto list = request_of(queue_op::job_list, "");
  list.filter.kind = "a";
  list.filter.most = 2;
  const auto first = r.answers.at(r.ask(list));
  REQUIRE(first.jobs.size() == 2);
  CHECK(item_of(first.jobs[0].id) > item_of(first.jobs[1].id));
  CHECK(first.next != 0);
  list.filter.below = first.next;
  const auto last = r.answers.at(r.ask(list));
  CHECK(last.jobs.size() == 1);
  CHECK(last.next == 0);
}

TEST_CASE("a done job is kept for its time, and then makes room for others") {
  job_rig r{queue_overhead + 4'000};
  r.define("q");
  auto jobs = jobs_of("a", {std::string(2'000, '1')});
  jobs.front().job.result_ttl_ms = 5'000;
  const auto id = r.answers.at(r.ask(put_jobs_of("q", jobs))).jobs.at(0).id;
  r.ask(ack_of(r.take_job("a").lease, "1"));
  CHECK(r.stats("q").done == 1);
  CHECK(r.stats("q").unfinished == 0);
  const auto put = r.put("q", {std::string(2'500, '2')}, 60'000);
  r.pass(4'999);
  CHECK(r.state(id) == item_state::done);
  CHECK_FALSE(r.code(put));
  r.pass(1);
  CHECK(r.code(r.ask(get_of({id}))) == errc::not_found);
  CHECK(r.code(put) == errc::none);
}
