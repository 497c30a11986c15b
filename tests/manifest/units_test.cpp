#include "deploy/manifest/units.hpp"

#include "tests/support/catch.hpp"

using namespace squall::manifest;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their unit, and a bare number is seconds") {
  CHECK(parse_duration("10s") == 10s);
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("250us") == 250us);
  CHECK(parse_duration("1.5m") == 90s);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("3") == 3s);
  CHECK(parse_duration("10 s") == 10s);
  CHECK(parse_duration("0") == 0s);
}

TEST_CASE("what is no duration is refused") {
  for (const auto* text :
       {"", "s", "-1s", "10x", "1e3", "ten", "10s ", "nan", "inf", "99999999h"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("sizes know the units of 1024 and of 1000") {
  CHECK(parse_size("4096") == 4096U);
  CHECK(parse_size("8KiB") == 8192U);
  CHECK(parse_size("1MiB") == 1048576U);
  CHECK(parse_size("1MB") == 1000000U);
  CHECK(parse_size("0.5GiB") == 536870912U);
  CHECK_FALSE(parse_size("-1"));
  CHECK_FALSE(parse_size("1XB"));
  CHECK_FALSE(parse_size("99999999999GiB"));
}

TEST_CASE("a written duration or size is read back as the same") {
  for (const auto value : {0us, 250us, 1500us, 500'000us, 1'000'000us, 90'000'000us, 60'000'000us,
                           300'000'000us, 3'600'000'000us}) {
    CHECK(parse_duration(format_duration(value)) == value);
  }
  for (const std::uint64_t value : {0U, 100U, 1024U, 8192U, 1048576U, 1048577U, 1073741824U}) {
    CHECK(parse_size(format_size(value)) == value);
  }
  CHECK(format_duration(30s) == "30s");
  CHECK(format_size(1048576) == "1MiB");
}

TEST_CASE("counts have separators and ages two units") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1'000) == "1,000");
  CHECK(format_count(1'234'567) == "1,234,567");
  CHECK(format_age(59) == "59s");
  CHECK(format_age(3 * 3600 + 20 * 60 + 5) == "3h 20m");
  CHECK(format_age(5 * 86400) == "5d");
}
