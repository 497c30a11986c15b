#include "actors/queue/sqlite/recent_items.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace squall::actors;

namespace {

stored_item job(std::uint64_t id, std::uint64_t queue = 1) {
  stored_item out;
  out.id = id;
  out.queue = queue;
  out.put_at = 1'000;
  out.is_job = true;
  out.job.emplace().kind = "sleep";
  return out;
}

} // namespace

TEST_CASE("a recent item is what was written of it last") {
  recent_items recent;
  recent.add(job(7), "body");
  stored_item handed_out; // without what makes it a job, as whoever hands it out has it
  handed_out.id = 7;
  handed_out.state = item_state::leased;
  handed_out.attempt = 1;
  handed_out.due = 9'000;
  handed_out.lease = {1, 2};
  recent.update(handed_out);
  recent.begin(7, 2'000);
  const auto* leased = recent.find(7);
  REQUIRE(leased);
  CHECK(leased->body == "body");
  CHECK(leased->item.put_at == 1'000);
  CHECK(leased->item.lease == lease_id{1, 2});
  CHECK(leased->item.job->started == 2'000);
  CHECK(leased->item.job->changes == 2);

  auto done = leased->item;
  done.state = item_state::done;
  done.job->worker = "w";
  recent.set_result(7, "true");
  recent.update(done);
  const auto* ended = recent.find(7);
  REQUIRE(ended);
  CHECK(ended->result == "true");
  CHECK(ended->item.lease == lease_id{});
  CHECK(ended->item.job->worker == "w");
  CHECK_FALSE(ended->has_failed);
  recent.set_failed(7);
  CHECK(ended->has_failed);
}

TEST_CASE("what happens to an item that is not kept changes nothing") {
  recent_items recent;
  recent.update(job(1));
  recent.begin(1, 5);
  recent.set_result(1, "x");
  recent.set_failed(1);
  recent.erase(1);
  CHECK(recent.size() == 0);
}

TEST_CASE("the oldest items leave when there are too many") {
  recent_items recent{100'000};
  const std::string body(1'000, 'b');
  for (std::uint64_t id = 10; id < 1'000; ++id)
    recent.add(job(id), body);
  CHECK(recent.size() > 10);
  CHECK(recent.size() < 100);
  CHECK(recent.find(999));
  CHECK(recent.find(1'000 - recent.size()));
  CHECK_FALSE(recent.find(999 - recent.size()));
}

TEST_CASE("the oldest items leave when others grow, by their results, workers or progress") {
  recent_items recent{100'000};
  for (std::uint64_t id = 1; id <= 100; ++id)
    recent.add(job(id), "");
  REQUIRE(recent.size() == 100);

  const std::string result(10'000, 'r');
  for (std::uint64_t id = 1; id <= 100; ++id)
    recent.set_result(id, result);
  CHECK(recent.size() < 10);
  REQUIRE(recent.find(100));
  CHECK(recent.find(100)->result == result);

  auto busy = job(100);
  busy.job->progress = std::string(60'000, 'p');
  recent.update(busy);
  CHECK(recent.size() <= 4);
  REQUIRE(recent.find(100));
  const auto present = recent.size();
  recent.begin(100, 1); // forgets the progress, whose memory it keeps
  recent.add(job(101), result);
  recent.add(job(102), result);
  recent.add(job(103), result);
  CHECK(recent.size() < present + 3);
  CHECK(recent.find(103));
}

TEST_CASE("an item that grows beyond everything leaves itself") {
  recent_items recent{5'000};
  recent.add(job(1), "");
  recent.set_result(1, std::string(6'000, 'r'));
  CHECK(recent.size() == 0);
  recent.add(job(2), "");
  CHECK(recent.find(2));
}

TEST_CASE("a kind with a long name counts as what it is") {
  recent_items recent{100'000};
  for (std::uint64_t id = 1; id <= 100; ++id) {
    auto each = job(id);
    each.job->kind = std::string(10'000, 'k');
    recent.add(each, "");
  }
  CHECK(recent.size() < 10);
}

TEST_CASE("large items are not kept") {
  recent_items recent;
  const std::string large(recent_items::most_item_bytes + 1, 'x');
  recent.add(job(1), large);
  CHECK_FALSE(recent.find(1));
  recent.add(job(2), "small");
  recent.set_result(2, large);
  CHECK_FALSE(recent.find(2));
}

TEST_CASE("a queue's items go by their states") {
  recent_items recent;
  auto dead = job(1);
  dead.state = item_state::dead;
  recent.add(dead, "1");
  recent.add(job(2), "2");
  recent.add(job(3, 2), "3");
  recent.erase_all(1, 1U << static_cast<unsigned>(item_state::ready));
  CHECK(recent.find(1));
  CHECK_FALSE(recent.find(2));
  CHECK(recent.find(3));
  recent.erase_all(1, ~0U);
  CHECK(recent.size() == 1);
  recent.clear();
  CHECK_FALSE(recent.find(3));
}
