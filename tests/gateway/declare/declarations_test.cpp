#include "gateway/declare/declarations.hpp"

#include "tests/support/catch.hpp"

using namespace squall;
using gateway::declarations;
using gateway::declared_queue;
using gateway::declared_schedule;
using gateway::read_declared;

TEST_CASE("a declared queue says what is put for it, and nothing else") {
  declared_queue queue;
  queue.name = "mail";
  CHECK(!read_declared(queue, R"({"order":"fifo","maxsize":3})"));
  CHECK(queue.settings.order == proto::queue_order::fifo);
  CHECK(queue.settings.maxsize == 3);
  CHECK(read_declared(queue, R"({"maxsize":-1})") ==
        "maxsize: an integer from 0 to 4294967295 is needed");
  CHECK(read_declared(queue, R"({"timeout_ms":1})")->starts_with("unknown field"));
  queue.name = "squall.own";
  CHECK(read_declared(queue, "{}"));
}

TEST_CASE("a declared schedule tells apart what is not said from what is false") {
  declared_schedule schedule;
  schedule.what.name = "s";
  CHECK(!read_declared(schedule, R"({"every_ms":1000,"kind":"k"})", 100));
  CHECK(!schedule.says_paused);
  CHECK(!read_declared(schedule, R"({"every_ms":1000,"kind":"k","paused":false})", 100));
  CHECK(schedule.says_paused);
  CHECK(read_declared(schedule, R"({"every_ms":1000,"kind":"k","params":[1,2,3]})", 5) ==
        "params: at most 5 bytes are taken");
  declared_schedule never;
  never.what.name = "s";
  CHECK(read_declared(never, R"({"kind":"k"})", 100));
}

TEST_CASE("what is not declared any more is known by its name") {
  declared_queue a;
  a.name = "a";
  declared_queue b;
  b.name = "b";
  declared_schedule s;
  s.what.name = "a";
  const declarations before{{a, b}, {s}};
  CHECK(gateway::no_longer_declared(before, {{b}, {}}) ==
        std::vector<std::string>{"queue a", "schedule a"});
  CHECK(gateway::no_longer_declared(before, before).empty());
}
