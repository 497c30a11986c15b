#include "actors/queue/memory_store.hpp"
#include "tests/actors/queue/broker_storm.hpp"
#include "tests/actors/queue/reopened_store.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <memory>

using namespace squall;
using namespace squall::tests;

namespace {

/// One thread has nothing for ThreadSanitizer to find, and with it all of this takes minutes.
#ifdef __SANITIZE_THREAD__
constexpr std::uint32_t share = 8;
#else
constexpr std::uint32_t share = 1;
#endif

} // namespace

TEST_CASE("whatever happens, a broker answers as the model of its queues does") {
  const auto seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  storm{seed, actors::make_memory_store(1 << 30)}.run(4'000 / share);
}

TEST_CASE("whatever happens, and however often it starts again, so does one with a durable store") {
  const auto kind = GENERATE(store_kind::sqlite, store_kind::postgres);
  const auto seed = GENERATE(range(1U, 5U));
  CAPTURE(seed);
  const auto steps = kind == store_kind::sqlite ? 2'000 : 300;
  storm{seed, std::make_unique<reopened_store>(kind, seed)}.run(steps / share);
}

TEST_CASE("whatever happens first, a broker answers as the model of its queues does") {
  const auto kind = GENERATE(from_range(every_store));
  const auto sequences = kind == store_kind::memory   ? 2'000U
                         : kind == store_kind::sqlite ? 200U
                                                      : 50U;
  for (std::uint32_t seed = 1'000; seed < 1'000 + sequences / share; ++seed) {
    CAPTURE(seed);
    const store_home home{kind};
    storm{seed, home.open()}.run(50);
  }
}
