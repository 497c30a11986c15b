// What becomes of calls: refused, sent, waiting, answered, cancelled, expired.
#include "tests/support/catch.hpp"
#include "tests/support/router_rig.hpp"

#include <algorithm>

using namespace squall;
using namespace squall::tests;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Equals;
using numbers = std::vector<std::uint64_t>;
using std::chrono::milliseconds;

TEST_CASE("a call goes to the worker that offers its kind, and its answer back") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 2), offer("sleep", 2)});
  rig.call(1, "prime", 1, 5, 400);
  REQUIRE(rig.at[worker].size() == 1);
  const auto sent = rig.at[worker].front();
  CHECK(sent.id == rig.id(1));
  CHECK(sent.attempt == 1);
  CHECK(sent.kind == "prime");
  CHECK(sent.time_left_ms == 400);
  CHECK_FALSE(rig.core.idle());
  rig.answer(worker, sent);
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].id == rig.id(1));
  CHECK(rig.answers[0].body == "answer to " + sent.params);
  CHECK(rig.core.idle());
  CHECK_FALSE(rig.core.watching());
}

TEST_CASE("a kind that nobody ever offered is unknown, and the kinds there are get named") {
  router_rig rig;
  rig.call(1, "foo");
  CHECK_THAT(rig.answers.at(0).body, ContainsSubstring("no worker has joined yet"));
  rig.join("w", {offer("sleep", 1), offer("prime", 1)});
  rig.call(2, "foo");
  CHECK(rig.answers.at(1).code == proto::errc::unknown_kind);
  CHECK_THAT(rig.answers.at(1).body,
             Equals("no worker has offered the kind \"foo\"; kinds: prime, sleep"));
}

TEST_CASE("a long name of a kind is cut in the message, never inside a character") {
  router_rig rig;
  std::string name(63, 'x');
  for (int i = 0; i < 100; ++i)
    name += "\u00e9";
  rig.call(1, name);
  CHECK_THAT(rig.answers.at(0).body, ContainsSubstring(std::string(63, 'x') + "...\""));
}

TEST_CASE("the worker with the most free slots gets the call, and equals take turns") {
  router_rig rig;
  const auto small = rig.join("small", {offer("prime", 1, 8)});
  const auto big = rig.join("big", {offer("prime", 3, 8)});
  for (std::uint64_t i = 1; i <= 6; ++i)
    rig.call(i);
  // 3 against 1 free: big twice; then both have one, none, and so on in turns.
  CHECK(rig.at[big].size() == 4);
  CHECK(rig.at[small].size() == 2);
}

TEST_CASE("a worker never has more calls than its window, and gets more when it answers") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 4, 2)});
  for (std::uint64_t i = 1; i <= 4; ++i)
    rig.call(i);
  CHECK(rig.numbers_at(worker) == numbers{1, 2});
  CHECK(rig.kind("prime").waiting == 2);
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.numbers_at(worker) == numbers{1, 2, 3});
  rig.grant(worker, "prime", 3);
  CHECK(rig.numbers_at(worker) == numbers{1, 2, 3, 4});
  rig.grant(worker, "prime", 0);
  rig.call(5);
  rig.answer(worker, rig.at[worker][1]);
  CHECK(rig.numbers_at(worker).size() == 4);
}

TEST_CASE("a full line refuses new calls and says which bound it was") {
  router_rig rig{{{2, 3}}};
  rig.join("w", {offer("prime", 1)});
  for (std::uint64_t i = 1; i <= 4; ++i)
    rig.call(i, "prime", 1);
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].code == proto::errc::overloaded);
  CHECK_THAT(rig.answers[0].body, Equals("2 calls of the kind \"prime\" are waiting on this "
                                         "connection, and no more may wait there"));
  rig.call(5, "prime", 2);
  rig.call(6, "prime", 3);
  REQUIRE(rig.answers.size() == 2);
  CHECK(rig.answers[1].id == rig.id(6));
  CHECK_THAT(rig.answers[1].body,
             Equals("3 calls of the kind \"prime\" are waiting, and no more may wait"));
  CHECK(rig.outcomes("prime", "overloaded") == 2);
}

TEST_CASE("connections take turns in the line, and higher priorities go first") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1, "prime", 1);
  for (std::uint64_t i = 2; i <= 5; ++i)
    rig.call(i, "prime", 1);
  rig.call(6, "prime", 2);
  rig.call(7, "prime", 1, 9);
  for (std::size_t i = 0; i < 4; ++i)
    rig.answer(worker, rig.at[worker][i]);
  CHECK(rig.numbers_at(worker) == numbers{1, 7, 2, 6, 3});
}

TEST_CASE("a call that waits past its deadline is answered so, and never sent") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.call(2, "prime", 1, 5, 100);
  CHECK(rig.core.watching());
  rig.pass(milliseconds{99});
  CHECK(rig.answers.empty());
  rig.pass(milliseconds{1});
  REQUIRE(rig.answers.size() == 1);
  CHECK(rig.answers[0].code == proto::errc::deadline_exceeded);
  CHECK_THAT(rig.answers[0].body,
             Equals("no answer within 100 ms; the call was waiting for a free slot"));
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.numbers_at(worker) == numbers{1});
}

TEST_CASE("a deadline that passed between two looks is seen when the call's turn comes") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.call(2, "prime", 1, 5, 100);
  rig.now += milliseconds{200};
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.numbers_at(worker) == numbers{1});
  CHECK(rig.answers.at(1).code == proto::errc::deadline_exceeded);
  CHECK(rig.core.idle());
}

TEST_CASE("at its deadline a call is cancelled at its worker, and its slot stays taken") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1, "prime", 1, 5, 50);
  rig.call(2);
  rig.pass(milliseconds{50});
  REQUIRE(rig.answers.size() == 1);
  CHECK_THAT(rig.answers[0].body, Equals("no answer within 50 ms; the call was at worker \"w\""));
  CHECK(rig.cancelled_at[worker] == numbers{rig.id(1)});
  CHECK(rig.numbers_at(worker) == numbers{1});
  rig.answer(worker, rig.at[worker][0], proto::errc::cancelled);
  CHECK(rig.answers.size() == 1);
  CHECK(rig.numbers_at(worker) == numbers{1, 2});
}

TEST_CASE("without a timeout of its own a call has its kind's") {
  router_rig rig;
  auto pool = offer("prime", 1);
  pool.kind.default_timeout_ms = 700;
  const auto worker = rig.join("w", {pool});
  rig.call(1);
  rig.call(2);
  rig.now += std::chrono::microseconds{250'300}; // what is left is rounded up
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.at[worker].at(0).time_left_ms == 700);
  CHECK(rig.at[worker].at(1).time_left_ms == 450);
}

TEST_CASE("a cancelled call in line is dropped without an answer") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.call(2);
  rig.cancel(2);
  rig.cancel(2);
  rig.cancel(99);
  CHECK(rig.kind("prime").waiting == 0);
  rig.answer(worker, rig.at[worker][0]);
  CHECK(rig.numbers_at(worker) == numbers{1});
  CHECK(rig.cancelled_at[worker].empty());
  CHECK(rig.answers.size() == 1);
  CHECK(rig.outcomes("prime", "cancelled") == 1);
}

TEST_CASE("a cancelled call at a worker keeps its slot until the worker has answered") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.call(2);
  rig.cancel(1);
  rig.cancel(1);
  CHECK(rig.cancelled_at[worker] == numbers{rig.id(1)});
  CHECK(rig.numbers_at(worker) == numbers{1});
  CHECK(rig.kind("prime").in_flight == 1);
  SECTION("with an answer") {
    rig.answer(worker, rig.at[worker][0], proto::errc::cancelled);
  }
  SECTION("by giving it back") {
    rig.give_back(worker, {rig.id(1)});
  }
  CHECK(rig.numbers_at(worker) == numbers{1, 2});
  CHECK(rig.answers.empty());
}

TEST_CASE("answers of the wrong worker, of the wrong attempt, or repeated, change nothing") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 2)});
  const auto two = rig.join("two", {offer("sleep", 1)});
  rig.call(1);
  auto call = rig.at[one].at(0);
  rig.answer(two, call);
  rig.answer(99, call);
  ++call.attempt;
  rig.answer(one, call);
  rig.give_back(two, {call.id});
  CHECK(rig.answers.empty());
  CHECK(rig.kind("prime").in_flight == 1);
  --call.attempt;
  rig.answer(one, call);
  rig.answer(one, call);
  rig.give_back(one, {call.id});
  CHECK(rig.answers.size() == 1);
  CHECK(rig.kind("prime").in_flight == 0);
}

TEST_CASE("an error code of a newer worker becomes unknown, and counts as internal") {
  router_rig rig;
  const auto worker = rig.join("w", {offer("prime", 1)});
  rig.call(1);
  rig.answer(worker, rig.at[worker][0], static_cast<proto::errc>(200));
  CHECK(rig.answers.at(0).code == proto::errc::unknown);
  CHECK(rig.outcomes("prime", "internal") == 1);
}

TEST_CASE("progress is passed on of calls that ask for it, while they run there") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 2)});
  const auto two = rig.join("two", {offer("sleep", 1)});
  auto work = submission_of(rig.id(1), "prime");
  work.work.tells_progress = true;
  rig.submit(work);
  rig.call(2);
  auto asks = rig.at[one].at(0);
  const auto other = rig.at[one].at(1);
  CHECK(asks.tells_progress);
  CHECK_FALSE(other.tells_progress);
  rig.tell(one, asks, "1");
  rig.tell(one, other, "2");
  rig.tell(two, asks, "3");
  ++asks.attempt;
  rig.tell(one, asks, "4");
  --asks.attempt;
  CHECK(rig.told == std::vector<proto::call_progress>{{asks.id, 1, "1"}});
  rig.answer(one, asks);
  rig.tell(one, asks, "5");
  CHECK(rig.told.size() == 1);
}

TEST_CASE("a call that another worker gets still tells its progress") {
  router_rig rig;
  const auto one = rig.join("one", {offer("prime", 1)});
  auto work = submission_of(rig.id(1), "prime");
  work.work.tells_progress = true;
  rig.submit(work);
  rig.lose(one);
  const auto two = rig.join("two", {offer("prime", 1)});
  const auto again = rig.at[two].at(0);
  rig.tell(two, again, "1");
  CHECK(rig.told == std::vector<proto::call_progress>{{again.id, 2, "1"}});
  rig.cancel(1);
  rig.tell(two, again, "2");
  CHECK(rig.told.size() == 1);
}
