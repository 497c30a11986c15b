#include "deploy/cli/bench/histogram.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using squall::cli::bench::histogram;

TEST_CASE("small values are counted exactly") {
  histogram h;
  for (std::uint64_t v = 1; v <= 100; ++v)
    h.add(v);
  CHECK(h.count() == 100);
  CHECK(h.percentile(0.5) == 50);
  CHECK(h.percentile(0.99) == 99);
  CHECK(h.percentile(1) == 100);
  CHECK(h.mean() == Approx(50.5));
}

TEST_CASE("percentiles of large values are right within one part in 128") {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> values;
  histogram h;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random() >> (random() % 60));
    h.add(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000)) - 1;
    const auto exact = static_cast<double>(values[rank]);
    const auto found = static_cast<double>(h.percentile(share));
    CAPTURE(share, exact, found);
    CHECK(found >= exact);
    CHECK(found <= exact * (1 + 1.0 / 128) + 1);
  }
}

TEST_CASE("the ends of the range are counted") {
  histogram h;
  h.add(0);
  h.add(std::numeric_limits<std::uint64_t>::max());
  CHECK(h.percentile(0.5) == 0);
  CHECK(h.percentile(1) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("an empty histogram says 0") {
  histogram h;
  CHECK(h.percentile(0.99) == 0);
  CHECK(h.mean() == 0);
  h.add(5);
  h.clear();
  CHECK(h.count() == 0);
  CHECK(h.max() == 0);
}
