#include "gateway/queue/rfc3339.hpp"

#include "tests/support/catch.hpp"

using namespace squall::gateway;

TEST_CASE("times are read in UTC and with an offset") {
  CHECK(read_time("1970-01-01T00:00:00Z") == 0);
  CHECK(read_time("2023-11-14T22:13:20.007Z") == 1'700'000'000'007);
  CHECK(read_time("2023-11-14t22:13:20z") == 1'700'000'000'000);
  CHECK(read_time("2023-11-14T22:13:20-00:00") == 1'700'000'000'000);
  CHECK(read_time("2023-11-15T00:13:20+02:00") == 1'700'000'000'000);
  CHECK(read_time("2023-11-14T16:43:20-05:30") == 1'700'000'000'000);
  CHECK(read_time("1969-12-31T23:59:59.999Z") == -1);
  CHECK(read_time("2024-02-29T00:00:00Z") == 1'709'164'800'000);
  CHECK(read_time("9999-12-31T23:59:59Z") == 253'402'300'799'000);
  CHECK(read_time("0000-01-01T00:00:00Z") == -62'167'219'200'000);
}

TEST_CASE("a fraction of a second has any number of digits, of which three count") {
  CHECK(read_time("1970-01-01T00:00:00.5Z") == 500);
  CHECK(read_time("1970-01-01T00:00:00.07Z") == 70);
  CHECK(read_time("1970-01-01T00:00:00.123999999999999999999999Z") == 123);
}

TEST_CASE("a leap second is the one behind it, and stands at the end of a month in UTC alone") {
  CHECK(read_time("2016-12-31T23:59:60Z") == read_time("2017-01-01T00:00:00Z"));
  CHECK(read_time("1990-12-31T15:59:60-08:00") == read_time("1991-01-01T00:00:00Z"));
  CHECK(read_time("2016-12-31T23:59:60.25Z") == read_time("2017-01-01T00:00:00.25Z"));
  CHECK(read_time("2017-01-01T05:29:60+05:30") == read_time("2017-01-01T00:00:00Z"));
  CHECK_FALSE(read_time("2016-12-31T23:58:60Z"));
  CHECK_FALSE(read_time("2016-12-31T23:59:60+01:00"));
  CHECK_FALSE(read_time("2016-12-30T23:59:60Z"));
  CHECK_FALSE(read_time("2016-12-31T23:59:61Z"));
}

TEST_CASE("what is no time is refused") {
  for (const auto* text : {"",
                           "now",
                           "2030-01-01",
                           "2030-01-01T00:00:00",
                           "2030-01-01T00:00Z",
                           "2030-01-01 00:00:00Z",
                           "2030-00-01T00:00:00Z",
                           "2030-13-01T00:00:00Z",
                           "2030-01-00T00:00:00Z",
                           "2030-01-32T00:00:00Z",
                           "2030-02-29T00:00:00Z",
                           "2030-01-01T24:00:00Z",
                           "2030-01-01T00:60:00Z",
                           "2030-01-01T00:00:00.Z",
                           "2030-01-01T00:00:00,5Z",
                           "2030-01-01T00:00:00+0200",
                           "2030-01-01T00:00:00+24:00",
                           "2030-01-01T00:00:00+02:60",
                           "2030-01-01T00:00:00+2:00",
                           "2030-01-01T00:00:00ZZ",
                           "2030-01-01T00:00:00Z ",
                           " 2030-01-01T00:00:00Z",
                           "+2030-01-01T00:00:00Z",
                           "02030-01-01T00:00:00Z",
                           "-030-01-01T00:00:00Z",
                           "2030-1-01T00:00:00Z",
                           "2030-01-01T-1:00:00Z",
                           "2030-W01-1T00:00:00Z",
                           "1700000000000"}) {
    CAPTURE(text);
    CHECK_FALSE(read_time(text));
  }
}

TEST_CASE("a time that is written is read back") {
  for (const std::uint64_t time : {0ULL, 1ULL, 1'700'000'000'070ULL, 253'402'300'799'999ULL}) {
    std::string text;
    append_time(text, time);
    CAPTURE(text);
    CHECK(read_time(text) == static_cast<std::int64_t>(time));
  }
}
