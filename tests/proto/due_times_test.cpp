#include "proto/due_times.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace squall;
using namespace std::chrono;
using proto::due_times;

namespace {

due_times by(std::string_view line, std::string_view zone) {
  auto out = due_times::by_cron(line, zone);
  if (const auto* wrong = std::get_if<std::string>(&out)) FAIL(*wrong);
  return std::get<due_times>(out);
}

std::uint64_t utc(year_month_day date, int hour = 0, int minute = 0, int second = 0) {
  const auto time = sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
  return static_cast<std::uint64_t>(milliseconds{time.time_since_epoch()}.count());
}

using list = std::vector<std::uint64_t>;

list times(const due_times& of, std::uint64_t after, std::size_t count) {
  list out;
  while (out.size() < count) {
    after = of.next(after).value();
    out.push_back(after);
  }
  return out;
}

} // namespace

TEST_CASE("a period's due times are its multiples of Unix time") {
  const auto times = due_times::every(100);
  CHECK(times.next(1'000) == 1'100);
  CHECK(times.next(1'099) == 1'100);
  CHECK(times.latest(1'000, 1'999) == 1'900);
  CHECK(times.latest(1'000, 1'000) == 1'000);
  CHECK(due_times::every(86'400'000).next(utc(2026y / 1 / 1, 5)) == utc(2026y / 1 / 2));
}

TEST_CASE("a line of cron is due by the clock of its time zone") {
  CHECK(by("0 9 * * *", "UTC").next(utc(2026y / 1 / 15, 8, 59, 59)) == utc(2026y / 1 / 15, 9));
  CHECK(by("0 9 * * *", "UTC").next(utc(2026y / 1 / 15, 9)) == utc(2026y / 1 / 16, 9));
  const auto berlin = by("0 9 * * *", "Europe/Berlin");
  CHECK(berlin.next(utc(2026y / 1 / 15)) == utc(2026y / 1 / 15, 8));
  CHECK(berlin.next(utc(2026y / 7 / 15)) == utc(2026y / 7 / 15, 7));
  const auto york = by("0 9 * * *", "America/New_York");
  CHECK(york.next(utc(2026y / 1 / 15)) == utc(2026y / 1 / 15, 14));
  CHECK(york.next(utc(2026y / 7 / 15)) == utc(2026y / 7 / 15, 13));
  CHECK(by("0 0 * * *", "Asia/Kathmandu").next(utc(2026y / 1 / 1)) == utc(2026y / 1 / 1, 18, 15));
}

TEST_CASE("a time that clocks skip is due when they are set ahead, once") {
  // In Berlin 02:00 becomes 03:00 on the 29th of March 2026, at 01:00 UTC.
  CHECK(times(by("30 2 * * *", "Europe/Berlin"), utc(2026y / 3 / 28), 3) ==
        list{utc(2026y / 3 / 28, 1, 30), utc(2026y / 3 / 29, 1), utc(2026y / 3 / 30, 0, 30)});
  CHECK(times(by("*/20 2 * * *", "Europe/Berlin"), utc(2026y / 3 / 28, 2), 2) ==
        list{utc(2026y / 3 / 29, 1), utc(2026y / 3 / 30, 0)});
  CHECK(times(by("30 2,3 * * *", "Europe/Berlin"), utc(2026y / 3 / 28, 3), 2) ==
        list{utc(2026y / 3 / 29, 1), utc(2026y / 3 / 29, 1, 30)});
  // In New York on the 8th of March 2026, at 07:00 UTC.
  CHECK(times(by("30 2 * * *", "America/New_York"), utc(2026y / 3 / 7, 12), 2) ==
        list{utc(2026y / 3 / 8, 7), utc(2026y / 3 / 9, 6, 30)});
}

TEST_CASE("a time that clocks show twice is due the first time") {
  // In Berlin 03:00 becomes 02:00 on the 25th of October 2026, at 01:00 UTC.
  const auto berlin = by("30 2 * * *", "Europe/Berlin");
  CHECK(times(berlin, utc(2026y / 10 / 24), 3) == list{utc(2026y / 10 / 24, 0, 30),
                                                       utc(2026y / 10 / 25, 0, 30),
                                                       utc(2026y / 10 / 26, 1, 30)});
  // Also when it is looked for while they show the hour again.
  CHECK(berlin.next(utc(2026y / 10 / 25, 1, 10)) == utc(2026y / 10 / 26, 1, 30));
  CHECK(times(by("0,40 1 * * *", "America/New_York"), utc(2026y / 11 / 1), 3) ==
        list{utc(2026y / 11 / 1, 5), utc(2026y / 11 / 1, 5, 40), utc(2026y / 11 / 2, 6)});
}

TEST_CASE("what is due in every hour goes by the time that passes") {
  const auto spring = times(by("*/30 * * * *", "Europe/Berlin"), utc(2026y / 3 / 29, 0, 0), 4);
  CHECK(spring == list{utc(2026y / 3 / 29, 0, 30), utc(2026y / 3 / 29, 1),
                       utc(2026y / 3 / 29, 1, 30), utc(2026y / 3 / 29, 2)});
  const auto autumn = times(by("15 * * * *", "Europe/Berlin"), utc(2026y / 10 / 24, 23, 30), 4);
  CHECK(autumn == list{utc(2026y / 10 / 25, 0, 15), utc(2026y / 10 / 25, 1, 15),
                       utc(2026y / 10 / 25, 2, 15), utc(2026y / 10 / 25, 3, 15)});
}

TEST_CASE("the latest of the times that were missed is found, however many there were") {
  const auto minutes = by("* * * * *", "UTC");
  CHECK(minutes.latest(utc(2020y / 1 / 1), utc(2026y / 1 / 1, 0, 0, 59)) == utc(2026y / 1 / 1));
  const auto leap = by("0 0 29 2 *", "UTC");
  CHECK(leap.latest(utc(2016y / 2 / 29), utc(2026y / 1 / 1)) == utc(2024y / 2 / 29));
  CHECK(leap.latest(utc(2024y / 2 / 29), utc(2026y / 1 / 1)) == utc(2024y / 2 / 29));
  const auto mornings = by("*/10 9 * * *", "Europe/Berlin");
  CHECK(mornings.latest(utc(2026y / 1 / 1, 8), utc(2026y / 1 / 3, 20)) ==
        utc(2026y / 1 / 3, 8, 50));
}

TEST_CASE("a due time counts as met within a minute, or within a short period") {
  CHECK(by("@yearly", "UTC").grace_ms() == 60'000);
  CHECK(due_times::every(3'600'000).grace_ms() == 60'000);
  CHECK(due_times::every(20'000).grace_ms() == 20'000);
  CHECK(due_times::every(100).grace_ms() == 1'000);
}

TEST_CASE("what is wrong with due times is said with the member's name") {
  const auto wrong = [](std::string_view line, std::string_view zone) {
    return std::get<std::string>(due_times::by_cron(line, zone));
  };
  CHECK(wrong("* 25 * * *", "UTC").starts_with("cron: hour: "));
  for (const auto* zone : {"", "Berlin", "Europe/", "../etc/passwd", "/etc/passwd", "utc+1"})
    CHECK(wrong("* * * * *", zone).starts_with("time_zone: "));
}
