#include "workers/consume.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/refusal.hpp"

#include <thread>

using namespace squall;
using namespace squall::workers;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string refusal(const std::vector<std::string>& texts) {
  return tests::refusal_of([&] { parse_consumes(texts, built_in_kinds()); });
}

} // namespace

TEST_CASE("consumers are a queue, a kind and a number of items at a time") {
  auto kinds = built_in_kinds();
  CHECK(parse_consume("numbers=prime:3", kinds) == consume_order{"numbers", "prime", 3});
  CHECK(parse_consume("a.B_c-9=sleep:auto", kinds) == consume_order{"a.B_c-9", "sleep", 1'000});
  CHECK(parse_consume("numbers=prime", kinds).slots ==
        std::max(1U, std::thread::hardware_concurrency()));
  CHECK(parse_consumes({"a=prime:1", "b=prime:2"}, kinds).size() == 2);
}

TEST_CASE("a queue alone is one whose jobs a gateway runs") {
  std::vector<std::string> texts{"mails", "numbers=prime:1", "a.B_c-9"};
  CHECK(take_job_queues(texts) == std::vector<std::string>{"mails", "a.B_c-9"});
  CHECK(texts == std::vector<std::string>{"numbers=prime:1"});
  const auto refusal_of = [](std::vector<std::string> texts) {
    return tests::refusal_of([&] { take_job_queues(texts); });
  };
  for (auto text : {"", "prime:3", "a b"}) {
    INFO(text);
    CHECK_THAT(refusal_of({text}),
               ContainsSubstring("QUEUE=KIND:N") && ContainsSubstring("1 to 128 letters"));
  }
  CHECK_THAT(refusal_of({"a", "b=prime", "a"}), ContainsSubstring("second time"));
}

TEST_CASE("consumers that make no sense are refused with what would be right") {
  for (auto text : {"", "numbers", "prime:3"}) {
    INFO(text);
    CHECK_THAT(refusal({text}), ContainsSubstring("QUEUE=KIND:N"));
  }
  for (const auto& queue : {std::string{}, std::string{"a b"}, std::string{"a/b"},
                            std::string{"\xc3\xa4"}, std::string(129, 'q')}) {
    INFO(queue);
    CHECK_THAT(refusal({queue + "=prime:1"}), ContainsSubstring("1 to 128 letters"));
  }
  CHECK(refusal({std::string(128, 'q') + "=prime:1"}).empty());
  for (auto slots : {":", ":0", ":-1", ":two", ":2x", ":1025", ":1:2"}) {
    INFO(slots);
    CHECK_THAT(refusal({std::string{"numbers=prime"} + slots}),
               ContainsSubstring("from 1 to 1024"));
  }
  CHECK_THAT(refusal({"numbers=prim:1"}), ContainsSubstring("prim") && ContainsSubstring("sleep"));
  CHECK_THAT(refusal({"numbers=prime=2"}), ContainsSubstring("known kinds"));
  CHECK_THAT(refusal({"numbers=prime:1", "numbers=sleep:1"}), ContainsSubstring("second time"));
}
