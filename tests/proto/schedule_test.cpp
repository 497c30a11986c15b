#include "proto/schedule.hpp"

#include "tests/support/catch.hpp"

using namespace squall;

namespace {

proto::schedule sample() {
  proto::schedule out;
  out.name = "report";
  out.cron = "0 9 * * *";
  out.time_zone = "Europe/Berlin";
  out.queue = "mail";
  out.job.body = R"({"n": 123456789012345678901234567890})";
  out.job.priority = 7;
  out.job.job.kind = "prime \u00e4";
  out.job.job.max_attempts = 3;
  out.job.job.timeout_ms = 4;
  out.job.job.ttl_ms = 5;
  out.job.job.result_ttl_ms = 6;
  out.catch_up = true;
  out.due_ms = 1'000'000;
  out.last_ms = 8;
  return out;
}

} // namespace

TEST_CASE("a schedule that is kept is read again as it was") {
  auto what = sample();
  const auto put = proto::put_of(what, 999'000);
  REQUIRE(put.items.size() == 1);
  CHECK(proto::is_reserved(put.queue));
  CHECK(put.create);
  CHECK(put.items[0].delay_ms == 1'000);
  CHECK(put.items[0].job.kind == "squall.schedule/report");
  CHECK(put.items[0].job.unique_key == "report");
  CHECK(proto::schedule_in(put.items[0].body) == what);
  what.cron.clear();
  what.every_ms = 500;
  CHECK(proto::schedule_in(proto::put_of(what, 0).items[0].body) == what);
}

TEST_CASE("a schedule that is late is due at once, and a paused one not in a lifetime") {
  auto what = sample();
  CHECK(proto::put_of(what, 1'000'001).items[0].delay_ms == 0);
  what.paused = true;
  CHECK(proto::put_of(what, 1'000'001).items[0].delay_ms > 99ULL * 365 * 86'400'000);
}

TEST_CASE("what is no schedule is not read as one") {
  CHECK(!proto::schedule_in(""));
  CHECK(!proto::schedule_in("{}"));
  CHECK(!proto::schedule_in("nonsense"));
  CHECK(!proto::schedule_in(R"({"schedule":{"name":1},"params":{}})"));
  auto what = sample();
  what.cron.clear();
  CHECK(!proto::schedule_in(proto::put_of(what, 0).items[0].body));
}
