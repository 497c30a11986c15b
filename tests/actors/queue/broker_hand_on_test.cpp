// Puts that depend on a lease that is held, or that replace a job.
#include "actors/queue/broker_core.hpp"
#include "tests/actors/queue/broker_jobs_rig.hpp"
#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::tests;
using proto::errc;
using proto::item_state;

namespace {

proto::queue_request put_if_held(const std::string& lease, const std::string& queue) {
  auto out = put_jobs_of(queue, jobs_of("next", {"2"}));
  out.create = true;
  out.lease = lease;
  return out;
}

proto::queue_request put_unique(const std::string& params, const std::string& key = "only") {
  auto jobs = jobs_of("kept", {params});
  jobs.front().job.unique_key = key;
  return put_jobs_of("q", std::move(jobs));
}

proto::queue_request put_instead(const proto::job_id& job, const std::string& params) {
  auto out = put_unique(params);
  out.jobs = {job};
  return out;
}

/// Sends them in one batch, gives the number of the first.
std::uint64_t ask_all(job_rig& rig, std::vector<proto::queue_request> requests) {
  proto::queue_batch batch;
  const auto first = rig.last + 1;
  for (auto& each : requests) {
    each.id = ++rig.last;
    batch.requests.push_back(std::move(each));
  }
  rig.send(std::move(batch));
  return first;
}

} // namespace

TEST_CASE("puts for which a lease must be held are done with its ack, in one batch") {
  shelf on{GENERATE(from_range(every_store))};
  job_rig rig{std::move(on.items)};
  rig.ask(put_unique("1"));
  const auto item = rig.take_job("kept");
  auto next = put_unique("2");
  next.lease = item.lease;
  const auto first =
      ask_all(rig, {put_if_held(item.lease, "other"), next, ack_of(item.lease, "null")});
  CHECK(rig.answers.at(first).jobs.size() == 1);
  const auto& kept = rig.answers.at(first + 1).jobs.at(0);
  CHECK(!kept.existed);
  CHECK(kept.id != item.job);
  CHECK(rig.answers.at(first + 2).code == errc::none);
  CHECK(rig.state(item.job) == item_state::done);
}

TEST_CASE("puts for which a lost lease must be held are not done") {
  shelf on{GENERATE(from_range(every_store))};
  job_rig rig{std::move(on.items)};
  rig.ask(put_unique("1"));
  const auto item = rig.take_job("kept");
  SECTION("since its job was cancelled") {
    rig.ask(cancel_of(item.job));
  }
  SECTION("since it was acked before") {
    rig.ask(ack_of(item.lease, "1"));
  }
  SECTION("since it ran out") {
    rig.pass(item.lease_ms + 1);
    rig.ask(cancel_of(item.job));
  }
  const auto first = ask_all(rig, {put_if_held(item.lease, "other"), put_if_held(item.lease, "q"),
                                   ack_of(item.lease, "2")});
  for (auto request = first; request < first + 3; ++request)
    CHECK(rig.answers.at(request).code == errc::lease_lost);
  const auto found = rig.answers.at(rig.ask(request_of(proto::queue_op::job_list, ""))).jobs;
  CHECK(found.size() == 1);
}

TEST_CASE("an ack in front of a put in a batch takes its lease away") {
  shelf on{GENERATE(from_range(every_store))};
  job_rig rig{std::move(on.items)};
  rig.put_job("kept");
  const auto item = rig.take_job("kept");
  const auto first = ask_all(rig, {ack_of(item.lease, "1"), put_if_held(item.lease, "q")});
  CHECK(rig.answers.at(first).code == errc::none);
  CHECK(rig.answers.at(first + 1).code == errc::lease_lost);
}

TEST_CASE("a put that replaces a job cancels it") {
  shelf on{GENERATE(from_range(every_store))};
  job_rig rig{std::move(on.items)};
  const auto old = rig.answers.at(rig.ask(put_unique("1"))).jobs.at(0).id;
  SECTION("while it is ready") {}
  SECTION("while it is leased, which is over then") {
    const auto item = rig.take_job("kept", 2);
    rig.ask(put_instead(old, "2"));
    CHECK(rig.revoked[2] == std::vector{item.lease});
    return;
  }
  const auto& put = rig.answers.at(rig.ask(put_instead(old, "2"))).jobs;
  REQUIRE(put.size() == 1);
  CHECK(!put.front().existed);
  CHECK(rig.state(old) == item_state::cancelled);
  CHECK(rig.job(put.front().id).params == "2");
}

TEST_CASE("a put does not replace a job that is ended") {
  shelf on{GENERATE(from_range(every_store))};
  job_rig rig{std::move(on.items)};
  const auto old = rig.answers.at(rig.ask(put_unique("1"))).jobs.at(0).id;
  rig.ask(cancel_of(old));
  const auto& answer = rig.answers.at(rig.ask(put_instead(old, "2")));
  CHECK(answer.code == errc::none);
  CHECK(answer.jobs.empty());
  auto two = put_instead(old, "3");
  two.jobs.push_back(old);
  CHECK(rig.answers.at(rig.ask(two)).code == errc::invalid_params);
}
