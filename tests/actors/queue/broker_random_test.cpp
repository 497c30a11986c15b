#include "actors/queue/memory_store.hpp"
#include "tests/actors/queue/broker_storm.hpp"
#include "tests/actors/queue/reopened_store.hpp"
#include "tests/support/catch.hpp"

#include <memory>

using namespace squall;
using namespace squall::tests;

TEST_CASE("whatever happens, a broker answers as the model of its queues does") {
  const auto seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  storm{seed, actors::make_memory_store(1 << 30)}.run(4'000);
}

TEST_CASE("whatever happens, and however often it starts again, so does one with a durable store") {
  const auto kind = GENERATE(store_kind::sqlite, store_kind::postgres);
  const auto seed = GENERATE(range(1U, 5U));
  CAPTURE(seed);
  const auto steps = kind == store_kind::sqlite ? 2'000 : 300;
  storm{seed, std::make_unique<reopened_store>(kind, seed)}.run(steps);
}

TEST_CASE("whatever happens first, a broker answers as the model of its queues does") {
  const auto kind = GENERATE(from_range(every_store));
  const auto sequences = kind == store_kind::memory   ? 2'000U
                         : kind == store_kind::sqlite ? 200U
                                                      : 50U;
  for (std::uint32_t seed = 1'000; seed < 1'000 + sequences; ++seed) {
    CAPTURE(seed);
    const store_home home{kind};
    storm{seed, home.open()}.run(50);
  }
}
