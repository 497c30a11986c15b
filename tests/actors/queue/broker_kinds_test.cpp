// Leases of some kinds alone: who gets what, and who waits.
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::queue_op;
using strings = std::vector<std::string>;

TEST_CASE("a lease of some kinds brings those alone, and one of all whatever is next") {
  job_rig r;
  r.define("q");
  r.put_job("a", "1");
  r.put_job("b", "2");
  r.put("q", {"3"});
  r.put_job("c", "4");
  CHECK(r.bodies(r.ask(lease_of("q", {"c", "b"}, 0, 9))) == strings{"2", "4"});
  CHECK(r.bodies(r.ask(lease_of("q", {"b"}, 0, 9))).empty());
  CHECK(r.bodies(r.ask(lease_of("q", {""}, 0, 9))) == strings{"3"});
  CHECK(r.bodies(r.ask(lease_of("q", {}, 0, 9))) == strings{"1"});
}

TEST_CASE("a job that is leased says what it is") {
  job_rig r;
  r.define("q");
  auto jobs = jobs_of("a", {"1"});
  jobs.front().job.timeout_ms = 700;
  const auto put = r.ask(put_jobs_of("q", jobs));
  const auto item = r.take_job("a");
  CHECK(item.job == r.answers.at(put).jobs.at(0).id);
  CHECK(item.kind == "a");
  CHECK(item.timeout_ms == 700);
}

TEST_CASE("however many wait for one kind, they hold up nobody who waits for another") {
  job_rig r;
  r.define("q");
  std::vector<std::uint64_t> first;
  first.reserve(100);
  for (int i = 0; i < 100; ++i)
    first.push_back(r.ask(lease_of("q", {"a"}, 60'000)));
  const auto second = r.ask(lease_of("q", {"b"}, 60'000));
  CHECK(r.stats("q").getters == 101);
  r.put_job("b", "1");
  CHECK(r.bodies(second) == strings{"1"});
  r.put_job("a", "2");
  CHECK(r.bodies(first[0]) == strings{"2"});
  CHECK(r.bodies(r.ask(lease_of("q", {}))).empty());
  r.put_job("c", "3"); // which nobody wants yet
  CHECK(r.bodies(r.ask(lease_of("q", {}))) == strings{"3"});
  CHECK(r.stats("q").getters == 99);
  CHECK_FALSE(r.code(first[1]));
}

TEST_CASE("those who want the same item get it in the order in which they came") {
  job_rig r;
  r.define("q");
  const auto only_a = r.ask(lease_of("q", {"a"}, 60'000));
  const auto any = r.ask(lease_of("q", {}, 60'000));
  const auto both = r.ask(lease_of("q", {"b", "a", "b"}, 60'000));
  const auto only_b = r.ask(lease_of("q", {"b"}, 60'000));
  auto jobs = jobs_of("b", {"1", "2", "3"});
  jobs[2].job.kind = std::string{"a"}; // g++ 12 warns of assigning the literal
  r.ask(put_jobs_of("q", jobs));
  CHECK(r.bodies(only_a) == strings{"3"});
  CHECK(r.bodies(any) == strings{"1"});
  CHECK(r.bodies(both) == strings{"2"});
  CHECK_FALSE(r.code(only_b));
}

TEST_CASE("who wants one kind is served in its turn among many who want any") {
  job_rig r;
  r.define("q");
  std::vector<std::uint64_t> asked(60);
  for (std::size_t i = 0; i < asked.size(); ++i)
    asked[i] = r.ask(lease_of("q", i % 20 == 13 ? strings{"b"} : strings{}, 60'000));
  strings params(40);
  for (std::size_t i = 0; i < 40; ++i)
    params[i] = std::to_string(i);
  r.ask(put_jobs_of("q", jobs_of("b", params)));
  for (std::size_t i = 0; i < 60; ++i)
    CHECK(r.answers.contains(asked[i]) == (i < 40));
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(r.bodies(asked[i]) == strings{params[i]});
}

TEST_CASE("items that come one after the other are shared among those who want different kinds") {
  job_rig r;
  r.define("q", holding(1));
  const auto a = r.ask(lease_of("q", {"a"}, 60'000));
  const auto b = r.ask(lease_of("q", {"b"}, 60'000));
  proto::queue_batch batch;
  for (const char* kind : {"b", "a"}) {
    batch.requests.push_back(put_jobs_of("q", jobs_of(kind, {kind})));
    batch.requests.back().id = ++r.last;
    batch.requests.back().timeout_ms = 1'000;
  }
  r.send(std::move(batch));
  CHECK(r.bodies(a) == strings{"a"});
  CHECK(r.bodies(b) == strings{"b"});
}

TEST_CASE("who gives up makes way for a put, and that for who wants what is put") {
  job_rig r;
  r.define("q", holding(2));
  r.put_job("a");
  proto::queue_batch batch;
  batch.requests = {put_jobs_of("q", jobs_of("a", {"1", "2"})),
                    put_jobs_of("q", jobs_of("b", {"3"})), lease_of("q", {"b"})};
  for (auto& request : batch.requests)
    request.id = ++r.last;
  r.send(std::move(batch));
  CHECK(r.code(r.last - 2) == errc::queue_full);
  CHECK(r.bodies(r.last) == strings{"3"});
}

TEST_CASE("a paused queue gives jobs of no kind, and what waits is given when it goes on") {
  job_rig r;
  r.define("q");
  r.ask(request_of(queue_op::pause, "q"));
  r.put_job("a", "1");
  const auto waits = r.ask(lease_of("q", {"a"}, 60'000));
  CHECK_FALSE(r.code(waits));
  r.ask(request_of(queue_op::resume, "q"));
  CHECK(r.bodies(waits) == strings{"1"});
}

TEST_CASE(
    "whoever wants which kind, nobody waits at a queue that is gone, or longer than it said") {
  job_rig r;
  r.define("q");
  const auto late = r.ask(lease_of("q", {"a"}, 100));
  const auto cancelled = r.ask(lease_of("q", {"a"}, 60'000));
  const auto gone = r.ask(lease_of("q", {"a"}, 60'000));
  const auto other = r.ask(lease_of("q", {"b"}, 60'000));
  r.pass(100);
  CHECK(r.bodies(late).empty());
  r.cancel(cancelled);
  CHECK(r.stats("q").getters == 2);
  r.ask(request_of(queue_op::remove, "q"));
  CHECK_FALSE(r.code(cancelled));
  CHECK(r.code(gone) == errc::not_found);
  CHECK(r.code(other) == errc::not_found);
}
