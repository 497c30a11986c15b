#include "proto/cron.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace squall;
using namespace std::chrono;
using proto::cron;
using proto::local_minutes;

namespace {

cron line(std::string_view text) {
  auto out = cron::parse(text);
  if (const auto* wrong = std::get_if<std::string>(&out)) FAIL(*wrong);
  return std::get<cron>(out);
}

std::string wrong(std::string_view text) {
  auto out = cron::parse(text);
  const auto* why = std::get_if<std::string>(&out);
  return why ? *why : "";
}

local_minutes at(year_month_day date, int hour = 0, int minute = 0) {
  return local_days{date} + hours{hour} + minutes{minute};
}

/// The first `count` times behind `after`.
std::vector<local_minutes> times(std::string_view text, local_minutes after, std::size_t count) {
  const auto parsed = line(text);
  std::vector<local_minutes> out;
  for (; out.size() < count; out.push_back(after)) {
    const auto next = parsed.next(after);
    if (!next) break;
    after = *next;
  }
  return out;
}

using list = std::vector<local_minutes>;

} // namespace

TEST_CASE("a line of cron is due at all minutes that match, strictly behind the last") {
  CHECK(times("* * * * *", at(2026y / 1 / 1, 23, 59), 2) ==
        list{at(2026y / 1 / 2), at(2026y / 1 / 2, 0, 1)});
  CHECK(times("30 9 * * *", at(2026y / 1 / 1, 9, 30), 2) ==
        list{at(2026y / 1 / 2, 9, 30), at(2026y / 1 / 3, 9, 30)});
  CHECK(times("0,30 8,20 * * *", at(2026y / 1 / 1, 8, 10), 3) ==
        list{at(2026y / 1 / 1, 8, 30), at(2026y / 1 / 1, 20), at(2026y / 1 / 1, 20, 30)});
}

TEST_CASE("steps begin where their range does") {
  CHECK(times("*/25 0 * * *", at(2026y / 1 / 1), 3) ==
        list{at(2026y / 1 / 1, 0, 25), at(2026y / 1 / 1, 0, 50), at(2026y / 1 / 2)});
  CHECK(times("10-20/5 0 * * *", at(2026y / 1 / 1), 4) ==
        list{at(2026y / 1 / 1, 0, 10), at(2026y / 1 / 1, 0, 15), at(2026y / 1 / 1, 0, 20),
             at(2026y / 1 / 2, 0, 10)});
}

TEST_CASE("months and days have names, in any case, and Sunday two numbers") {
  // The 1st of January 2026 is a Thursday.
  const list monday_to_friday{at(2026y / 1 / 1), at(2026y / 1 / 2), at(2026y / 1 / 5)};
  CHECK(times("0 0 * * mon-fri", at(2025y / 12 / 31), 3) == monday_to_friday);
  CHECK(times("0 0 * * 1-5", at(2025y / 12 / 31), 3) == monday_to_friday);
  const list sundays{at(2026y / 1 / 4), at(2026y / 1 / 11)};
  for (const auto* day : {"0", "7", "sun", "SUN"})
    CHECK(times("0 0 * * " + std::string(day), at(2026y / 1 / 1), 2) == sundays);
  const list weekend{at(2026y / 1 / 3), at(2026y / 1 / 4), at(2026y / 1 / 10)};
  for (const auto* days : {"sat-sun", "6-7", "sat,sun", "6,0"})
    CHECK(times("0 0 * * " + std::string(days), at(2026y / 1 / 1), 3) == weekend);
  CHECK(times("0 0 1 Feb,dec *", at(2026y / 1 / 1), 3) ==
        list{at(2026y / 2 / 1), at(2026y / 12 / 1), at(2027y / 2 / 1)});
}

TEST_CASE("one of two restricted days is enough, and one restricted day must match") {
  // The 13th of March 2026 is a Friday.
  CHECK(times("0 0 13 * fri", at(2026y / 3 / 1), 4) ==
        list{at(2026y / 3 / 6), at(2026y / 3 / 13), at(2026y / 3 / 20), at(2026y / 3 / 27)});
  CHECK(times("0 0 13 * fri", at(2026y / 4 / 10), 1) == list{at(2026y / 4 / 13)});
  CHECK(times("0 0 13 * *", at(2026y / 3 / 1), 2) == list{at(2026y / 3 / 13), at(2026y / 4 / 13)});
  CHECK(times("0 0 */12 * fri", at(2026y / 3 / 1), 1) == list{at(2026y / 3 / 13)});
}

TEST_CASE("the nicknames of cron are known") {
  const auto now = at(2026y / 5 / 20, 13, 7); // a Wednesday
  CHECK(times("@hourly", now, 1) == list{at(2026y / 5 / 20, 14)});
  CHECK(times("@daily", now, 1) == list{at(2026y / 5 / 21)});
  CHECK(times("@weekly", now, 1) == list{at(2026y / 5 / 24)});
  CHECK(times("@monthly", now, 1) == list{at(2026y / 6 / 1)});
  CHECK(times(" @Yearly ", now, 1) == list{at(2027y / 1 / 1)});
}

TEST_CASE("a day that comes once in years is found, also across a century without it") {
  CHECK(times("0 12 29 2 *", at(2026y / 1 / 1), 2) ==
        list{at(2028y / 2 / 29, 12), at(2032y / 2 / 29, 12)});
  CHECK(times("0 0 29 2 *", at(2096y / 3 / 1), 1) == list{at(2104y / 2 / 29)});
  // Both must match, since one begins with *: a 29th of February on a Sunday.
  CHECK(times("0 0 29 2 */7", at(2032y / 3 / 1), 2) ==
        list{at(2060y / 2 / 29), at(2088y / 2 / 29)});
  CHECK(times("0 0 29 2 */7", at(2088y / 3 / 1), 1) == list{at(2128y / 2 / 29)});
}

TEST_CASE("what is wrong with a line is said with its field") {
  CHECK(wrong("60 * * * *") == R"(minute: "60" is no number from 0 to 59)");
  CHECK(wrong("* 24 * * *") == R"(hour: "24" is no number from 0 to 23)");
  CHECK(wrong("* * 0 * *") == R"(day of the month: "0" is no number from 1 to 31)");
  CHECK(wrong("* * * 13 *") == R"(month: "13" is no number from 1 to 12, and no name)");
  CHECK(wrong("* * * * 8") == R"(day of the week: "8" is no number from 0 to 7, and no name)");
  CHECK(wrong("* * * jann *").starts_with("month: "));
  CHECK(wrong("5-1 * * * *") == R"(minute: "5-1" ends before it begins)");
  CHECK(wrong("*/0 * * * *") == R"(minute: "*/0": a step is a number from 1 on)");
  CHECK(wrong("5/10 * * * *") == R"(minute: "5/10": a step stands behind * or a range)");
  for (const auto* bad : {"", ",", "1,", "-", "1-", "-1", "*/", "*/x", "1-2-3", "+1", "1.5", "**"})
    CHECK_FALSE(wrong(std::string(bad) + " * * * *").empty());
  CHECK(wrong("* * * *").starts_with("five fields are needed"));
  CHECK(wrong("* * * * * *").starts_with("five fields are needed"));
  CHECK(wrong("").starts_with("five fields are needed"));
  CHECK(wrong("@often").starts_with("@hourly, "));
  CHECK(wrong("99999999999 * * * *").starts_with("minute: "));
  CHECK(wrong("*/4294967295 * * * *").empty());
}

TEST_CASE("a line that is never due is refused") {
  for (const auto* never : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 feb *"})
    CHECK(wrong(never) == "day of the month: there is no such day in the months that are named");
  CHECK(wrong("0 0 30 2 mon").empty()); // on Mondays
}
