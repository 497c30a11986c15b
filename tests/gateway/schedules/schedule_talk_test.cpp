#include "gateway/schedules/schedule_talk.hpp"

#include "gateway/schedules/schedule_params.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using gateway::schedule_op;
using gateway::schedule_talk;
using json = nlohmann::json;
using proto::item_state;
using proto::queue_op;

namespace {

const auto first = proto::make_job_id(1, 1, 1);
const auto second = proto::make_job_id(2, 2, 2);

proto::schedule named(const std::string& name) {
  proto::schedule out;
  out.name = name;
  return out;
}

proto::schedule sample(const std::string& name = "s") {
  auto out = named(name);
  REQUIRE(!gateway::read_schedule(out, R"({"every_ms":60000,"kind":"k","params":{"n":1}})"));
  return out;
}

proto::job_view kept(const proto::job_id& id, const proto::schedule& what,
                     item_state state = item_state::delayed) {
  proto::job_view out;
  out.id = id;
  out.state = state;
  out.params = proto::put_of(what, 0).items.at(0).body;
  return out;
}

proto::queue_answer answer(queue_op op, std::vector<proto::job_view> jobs = {},
                           std::uint64_t next = 0) {
  proto::queue_answer out;
  out.op = op;
  out.jobs = std::move(jobs);
  out.next = next;
  return out;
}

proto::queue_answer put(const proto::job_id& id, bool existed = false) {
  auto job = kept(id, sample());
  job.existed = existed;
  return answer(queue_op::put, {job});
}

} // namespace

TEST_CASE("a schedule that there was not is put") {
  schedule_talk talk{schedule_op::set, sample()};
  const auto request = talk.begin();
  CHECK(request.op == queue_op::put);
  CHECK(request.jobs.empty());
  CHECK(!talk.go_on(put(first)));
  CHECK(!talk.found());
  CHECK(json::parse(talk.take_text())["name"] == "s");
}

TEST_CASE("a schedule that there is is replaced, also when it is due meanwhile") {
  schedule_talk talk{schedule_op::set, sample()};
  talk.begin();
  const auto instead = talk.go_on(put(first, true));
  REQUIRE(instead);
  CHECK(instead->jobs == std::vector{first});
  const auto again = talk.go_on(answer(queue_op::put)); // the first has ended
  REQUIRE(again);
  CHECK(again->jobs.empty());
  const auto last = talk.go_on(put(second, true));
  REQUIRE(last);
  CHECK(last->jobs == std::vector{second});
  CHECK(!talk.go_on(put(first)));
  CHECK(talk.found());
}

TEST_CASE("a schedule is looked for on all pages, and may not be there") {
  schedule_talk talk{schedule_op::get, named("s")};
  const auto request = talk.begin();
  CHECK(request.filter.kind == proto::schedule_kind("s"));
  const auto page = talk.go_on(answer(queue_op::job_list, {}, 7));
  REQUIRE(page);
  CHECK(page->filter.below == 7);
  SECTION("it is not there") {
    CHECK(!talk.go_on(answer(queue_op::job_list)));
    CHECK(!talk.found());
  }
  SECTION("it is there, and due just now") {
    const auto get = talk.go_on(answer(queue_op::job_list, {kept(first, sample())}));
    REQUIRE(get);
    CHECK(get->jobs == std::vector{first});
    CHECK(talk.go_on(answer(queue_op::job_get, {kept(first, sample(), item_state::done)})));
    CHECK(talk.go_on(answer(queue_op::job_list, {kept(second, sample())})));
    CHECK(!talk.go_on(answer(queue_op::job_get, {kept(second, sample())})));
    CHECK(talk.found());
    CHECK(json::parse(talk.take_text())["params"] == json{{"n", 1}});
  }
}

TEST_CASE("a schedule is removed until none is left") {
  schedule_talk talk{schedule_op::remove, named("s")};
  talk.begin();
  const auto cancel = talk.go_on(answer(queue_op::job_list, {kept(first, sample())}));
  REQUIRE(cancel);
  CHECK(cancel->op == queue_op::job_cancel);
  CHECK(talk.go_on(answer(queue_op::job_cancel, {kept(first, sample(), item_state::done)})));
  CHECK(talk.go_on(answer(queue_op::job_list, {kept(second, sample())}))->jobs ==
        std::vector{second});
  CHECK(talk.go_on(answer(queue_op::job_cancel, {kept(second, sample(), item_state::cancelled)})));
  CHECK(!talk.go_on(answer(queue_op::job_list)));
  CHECK(talk.found());
  CHECK(talk.take_text().empty());
}

TEST_CASE("a schedule is paused by a put in its place, and only once") {
  auto what = sample();
  schedule_talk talk{schedule_op::pause, named("s")};
  talk.begin();
  talk.go_on(answer(queue_op::job_list, {kept(first, what)}));
  SECTION("it goes") {
    const auto instead = talk.go_on(answer(queue_op::job_get, {kept(first, what)}));
    REQUIRE(instead);
    CHECK(instead->jobs == std::vector{first});
    CHECK(proto::schedule_in(instead->items.at(0).body)->paused);
    SECTION("it was changed meanwhile") {
      CHECK(talk.go_on(answer(queue_op::put))->op == queue_op::job_list);
    }
    SECTION("it was not") {
      CHECK(!talk.go_on(put(second)));
      const auto told = json::parse(talk.take_text());
      CHECK(told["paused"] == true);
      CHECK(!told.contains("next_at"));
    }
  }
  SECTION("it is paused already") {
    what.paused = true;
    CHECK(!talk.go_on(answer(queue_op::job_get, {kept(first, what)})));
    CHECK(talk.found());
  }
}

TEST_CASE("a list has all schedules by name, each once, and begins again when one was replaced") {
  schedule_talk talk{schedule_op::list, {}};
  talk.begin();
  talk.go_on(answer(queue_op::job_list, {kept(first, sample("b"))}, 5));
  CHECK(talk.go_on(answer(queue_op::job_get, {kept(first, sample("b"))}))->filter.below == 5);
  talk.go_on(answer(queue_op::job_list, {kept(second, sample("a"))}));
  SECTION("none was") {
    CHECK(!talk.go_on(answer(queue_op::job_get, {kept(second, sample("a"))})));
    const auto told = json::parse(talk.take_text())["schedules"];
    REQUIRE(told.size() == 2);
    CHECK(told[0]["name"] == "a");
    CHECK(!told[0].contains("params"));
  }
  SECTION("one was") {
    const auto again =
        talk.go_on(answer(queue_op::job_get, {kept(second, sample("a"), item_state::cancelled)}));
    REQUIRE(again);
    CHECK(again->filter.below == 0);
    CHECK(!talk.go_on(answer(queue_op::job_list)));
    CHECK(talk.take_text() == R"({"schedules":[]})");
  }
}
