// Workers and bridges that come, go and die.
#include "tests/support/catch.hpp"
#include "tests/support/router_rig.hpp"

using namespace squall;
using namespace squall::tests;
using Catch::Matchers::Equals;
using numbers = std::vector<std::uint64_t>;
using std::chrono::milliseconds;

TEST_CASE("a worker that dies gives its calls to another, in front of those that wait") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 2)});
  for (std::uint64_t i = 1; i <= 4; ++i)
    rig.call(i);
  rig.now += milliseconds{1'000};
  const auto two = rig.join("two", {offer("prime", 1)});
  CHECK(rig.numbers_at(two) == numbers{3});
  const auto loss = rig.lose(one);
  CHECK(loss.redone == 2);
  CHECK(loss.refused == 0);
  for (std::size_t i = 0; i < 3; ++i)
    rig.answer(two, rig.at[two][i]);
  CHECK(rig.numbers_at(two) == numbers{3, 1, 2, 4});
  CHECK(rig.at[two][1].attempt == 2);
  CHECK(rig.at[two][1].params == rig.at[one][0].params);
  CHECK(rig.at[two][1].time_left_ms == 29'000);
  CHECK(rig.kind("prime").redone == 2);
  // What the dead one still had to say comes too late.
  rig.answer(one, rig.at[one][0]);
  CHECK(rig.answers.size() == 3);
}

TEST_CASE("a call whose kind may not be run twice fails when its worker dies") {
  router_rig rig;
  const auto one = rig.join("one", {offer("pay", 2, 2, false)});
  const auto two = rig.join("two", {offer("pay", 1, 1, false)});
  rig.call(1, "pay");
  CHECK(rig.lose(one).refused == 1);
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].code == proto::errc::worker_lost);
  CHECK_THAT(rig.answers[0].body, Equals("worker \"one\" died during the call, and the kind "
                                         "\"pay\" may not be run twice"));
  CHECK(rig.at[two].empty());
  CHECK(rig.core.idle());
}

TEST_CASE("an answer says which worker had the call last, and bridges know the workers' names") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 1), offer("pay", 1, 1, false)});
  const auto two = rig.join("two", {offer("sleep", 1)});
  CHECK(rig.core.kinds().workers == std::vector<proto::worker_name>{{one, "one"}, {two, "two"}});
  rig.call(1);
  rig.call(2, "prime", 1, 5, 10);
  rig.call(3, "pay");
  rig.call(4, "sleep", 1, 5, 10);
  rig.call(5, "no such kind");
  rig.pass(milliseconds{20});
  rig.answer(one, rig.at[one][0]);
  rig.lose(one);
  std::map<std::uint64_t, std::uint64_t> had;
  for (const auto& answer : rig.answers)
    had[answer.id ^ rig.id(0)] = answer.worker;
  CHECK(had ==
        std::map<std::uint64_t, std::uint64_t>{{1, one}, {2, 0}, {3, one}, {4, two}, {5, 0}});
  CHECK(rig.core.kinds().workers == std::vector<proto::worker_name>{{two, "two"}});
}

TEST_CASE("a call's params can say that it may be run twice though its kind may not") {
  router_rig rig;
  auto offered = offer("fetch", 2, 2, false);
  offered.kind.repeatable_if = {"method", {"GET"}, false};
  const auto one = rig.join("one", {offered});
  for (std::uint64_t n : {1, 2}) {
    auto work = submission_of(rig.id(n), "fetch");
    work.work.params = n == 1 ? R"({"method":"get"})" : R"({"method":"POST"})";
    rig.submit(std::move(work));
  }
  const auto two = rig.join("two", {offered});
  const auto loss = rig.lose(one);
  CHECK(loss.redone == 1);
  CHECK(loss.refused == 1);
  CHECK(rig.numbers_at(two) == numbers{1});
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].id == rig.id(2));
  CHECK_THAT(rig.answers[0].body, Equals("worker \"one\" died during the call, and with its "
                                         "\"method\" it may not be run twice"));
}

TEST_CASE("after three workers that died with it a call fails") {
  router_rig rig;
  rig.join("1", {offer("prime", 1)});
  rig.call(1);
  for (std::uint64_t worker = 1; worker <= 3; ++worker) {
    CHECK(rig.answers.empty());
    rig.join(std::to_string(worker + 1), {offer("prime", 1)});
    rig.lose(worker);
  }
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].code == proto::errc::worker_lost);
  CHECK_THAT(rig.answers[0].body,
             Equals("3 workers died during the call; the last was worker \"3\""));
  CHECK(rig.at[4].empty());
}

TEST_CASE("a call that nobody waits for any more ends with its worker") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 1)});
  const auto two = rig.join("two", {offer("prime", 1)});
  rig.call(1);
  rig.cancel(1);
  const auto holder = rig.at[one].empty() ? two : one;
  rig.lose(holder);
  CHECK(rig.at[holder == one ? two : one].empty());
  CHECK(rig.answers.empty());
  CHECK(rig.kind("prime").in_flight == 0);
}

TEST_CASE("calls wait for a worker to come back, 5 s at most") {
  router_rig rig;
  rig.lose(rig.join("one", {offer("prime", 1)}));
  rig.call(1);
  CHECK(rig.answers.empty());
  rig.pass(milliseconds{4'900});
  rig.call(2);
  CHECK(rig.answers.empty());
  SECTION("it comes back") {
    const auto two = rig.join("two", {offer("prime", 2)});
    CHECK(rig.numbers_at(two) == numbers{1, 2});
    rig.pass(milliseconds{200});
    CHECK(rig.answers.empty());
  }
  SECTION("it does not") {
    rig.pass(milliseconds{100});
    REQUIRE(rig.answers.size() == 2);
    CHECK(rig.answers[0].code == proto::errc::unavailable);
    CHECK_THAT(rig.answers[0].body,
               Equals("no worker offers the kind \"prime\" now; the last one left 5 s ago"));
    rig.call(3);
    CHECK(rig.answers.at(2).code == proto::errc::unavailable);
    CHECK_FALSE(rig.core.watching());
  }
}

TEST_CASE("calls of a kind that is expected wait 5 s for its first worker") {
  router_rig rig;
  rig.core.expect("prime", rig.now);
  REQUIRE(rig.core.kinds().kinds.size() == 1);
  CHECK(rig.core.kinds().kinds[0].info.name == "prime");
  CHECK(rig.core.kinds().kinds[0].slots == 0);
  CHECK_FALSE(rig.core.kinds().kinds[0].offered);
  rig.call(1);
  rig.call(2, "sleep");
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].code == proto::errc::unknown_kind);
  SECTION("it comes") {
    rig.pass(milliseconds{4'900});
    auto offered = offer("prime", 1);
    offered.kind.safe = true;
    CHECK(rig.numbers_at(rig.join("one", {offered})) == numbers{1});
    CHECK(rig.core.kinds().kinds[0].offered);
    CHECK(rig.core.kinds().kinds[0].info == offered.kind);
  }
  SECTION("it does not") {
    rig.pass(milliseconds{5'000});
    REQUIRE(rig.answers.size() == 2);
    CHECK(rig.answers[1].code == proto::errc::unavailable);
    CHECK_THAT(rig.answers[1].body, Equals("no worker has offered the kind \"prime\" in the 5 s "
                                           "since the gateway's start"));
    rig.call(3);
    CHECK(rig.answers.at(2).code == proto::errc::unavailable);
  }
}

TEST_CASE("a worker that drains gets no more calls, and its answers count") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 2)});
  rig.call(1);
  rig.leave(one);
  rig.leave(one);
  rig.call(2);
  CHECK(rig.numbers_at(one) == numbers{1});
  CHECK(rig.kind("prime").waiting == 1);
  CHECK(rig.kind("prime").slots == 0);
  CHECK(rig.core.status(rig.now).workers.at(0).draining);
  rig.answer(one, rig.at[one][0]);
  CHECK(rig.answers.size() == 1);
  CHECK(rig.numbers_at(one) == numbers{1});
  // The 5 s run from when it left, not from when it ended.
  rig.pass(milliseconds{4'000});
  rig.lose(one);
  rig.pass(milliseconds{1'000});
  CHECK(rig.answers.size() == 2);
}

TEST_CASE("calls given back unstarted go to others, in order, as often as it takes") {
  router_rig rig;
  const bool idempotent = GENERATE(true, false);
  const auto one = rig.join("one", {offer("prime", 3, 3, idempotent)});
  for (std::uint64_t i = 1; i <= 4; ++i)
    rig.call(i);
  rig.leave(one);
  rig.give_back(one, {rig.id(1), rig.id(2), rig.id(3)});
  for (int i = 0; i < 5; ++i) {
    const auto next = rig.join("next", {offer("prime", 3, 3, idempotent)});
    CHECK(rig.numbers_at(next) == numbers{1, 2, 3});
    CHECK(rig.at[next][0].params == rig.at[one][0].params);
    rig.leave(next);
    rig.give_back(next, {rig.id(1), rig.id(2), rig.id(3)});
  }
  CHECK(rig.answers.empty());
  CHECK(rig.kind("prime").redone == 0);
}

TEST_CASE("a worker that joins again takes the place of its old self") {
  router_rig rig;
  const auto before = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  const auto after = rig.join("w", {offer("prime", 1)});
  CHECK(after != before);
  CHECK(rig.core.status(rig.now).workers.size() == 1);
  CHECK(rig.core.number_of("incarnation of w") == after);
  CHECK(rig.numbers_at(after) == numbers{1});
  rig.answer(before, rig.at[before][0]);
  CHECK(rig.answers.empty());
  rig.answer(after, rig.at[after][0]);
  CHECK(rig.answers.size() == 1);
}

TEST_CASE("losing or draining a worker that is not there changes nothing") {
  router_rig rig;
  rig.lose(7);
  rig.leave(7);
  CHECK(rig.kinds_told == 0);
}

TEST_CASE("bridges hear of kinds whenever a worker comes or goes") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 2), offer("sleep", 9)});
  CHECK(rig.kinds_told == 1);
  rig.join("two", {offer("prime", 3)});
  const auto kinds = rig.core.kinds().kinds;
  REQUIRE(kinds.size() == 2);
  CHECK(kinds[0].info.name == "prime");
  CHECK(kinds[0].slots == 5);
  CHECK(kinds[1].slots == 9);
  rig.leave(one);
  CHECK(rig.core.kinds().kinds[1].slots == 0);
  CHECK(rig.kinds_told == 3);
  rig.lose(one);
  CHECK(rig.kinds_told == 4);
  rig.call(1);
  CHECK(rig.kinds_told == 4);
}

TEST_CASE("a bridge that ends takes its calls along") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.call(2);
  rig.core.bridge_lost(rig.bridge);
  rig.gather();
  CHECK(rig.cancelled_at[worker] == numbers{rig.id(1)});
  CHECK(rig.kind("prime").waiting == 0);
  CHECK(rig.core.idle());
  rig.call(3);
  CHECK(rig.at[worker].size() == 1);
  CHECK(rig.answers.empty());
}

TEST_CASE("a bridge's number is given again only when none of its calls are left") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.core.bridge_lost(rig.bridge);
  rig.gather();
  for (int i = 0; i < 254; ++i)
    REQUIRE(rig.core.attach_bridge().value_or(0) > 1);
  CHECK_FALSE(rig.core.attach_bridge());
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.core.attach_bridge() == rig.bridge);
}
