#include "actors/queue/consumers_core.hpp"

#include "tests/support/catch.hpp"

#include <map>

using namespace squall;
using namespace std::chrono_literals;
using actors::consumers_core;
using proto::errc;
using proto::queue_op;

namespace {

constexpr actors::steady::time_point start{1h};

/// A core with its time, and what it had to say in a turn.
struct rig {
  explicit rig(std::uint32_t tokens, std::uint32_t gateways = 1)
      : core{{"jobs", "prime", "w1", 30s}, tokens} {
    for (std::uint32_t link = 1; link <= gateways; ++link)
      core.add(link);
    turn();
  }

  void turn() {
    batches.clear();
    for (auto& [link, batch] : core.take_batches(now))
      batches[link] = std::move(batch);
    orders = core.take_orders();
    for (auto& [link, batch] : batches)
      for (auto& request : batch.requests)
        if (request.op == queue_op::lease) lease[link] = request;
  }

  void answer(std::uint32_t link, proto::queue_answer answer) {
    proto::queue_answers batch;
    batch.answers.push_back(std::move(answer));
    core.on_answers(link, batch, now);
    turn();
  }

  /// Answers the lease request that is out.
  void give(std::uint32_t link, const std::vector<std::string>& leases) {
    answer(link, items_for(lease.at(link).id, leases));
  }

  static proto::queue_answer items_for(std::uint64_t id, const std::vector<std::string>& leases) {
    proto::queue_answer answer;
    answer.id = id;
    answer.op = queue_op::lease;
    for (auto& lease : leases)
      answer.items.push_back({1, lease, "body of " + lease, 5, 1, 30'000});
    return answer;
  }

  void end(std::uint64_t call, errc code = errc::none, std::string body = "true") {
    std::vector<proto::result> results{{call, 1, code, 10, std::move(body), {}}};
    core.on_results(results);
    turn();
  }

  void settled(std::uint32_t link, const proto::queue_request& request, errc code = errc::none) {
    proto::queue_answer done;
    done.id = request.id;
    done.op = request.op;
    done.code = code;
    done.lease_ms = 30'000;
    answer(link, done);
  }

  std::vector<proto::queue_request> requests(std::uint32_t link, queue_op op) {
    std::vector<proto::queue_request> found;
    for (auto& request : batches[link].requests)
      if (request.op == op) found.push_back(request);
    return found;
  }

  proto::queue_request request(std::uint32_t link, queue_op op) {
    auto found = requests(link, op);
    REQUIRE(found.size() == 1);
    return found.front();
  }

  consumers_core core;
  actors::steady::time_point now = start;
  std::map<std::uint32_t, proto::queue_batch> batches;
  std::map<std::uint32_t, proto::queue_request> lease;
  actors::consumers_orders orders;
};

} // namespace

TEST_CASE("consumers lease as many items as they have slots, and make the queue") {
  rig r{3};
  CHECK(r.lease[1].queue == "jobs");
  CHECK(r.lease[1].count == 3);
  CHECK(r.lease[1].timeout_ms == 20'000);
  CHECK(r.lease[1].create);
  CHECK(r.lease[1].holder == 0);
}

TEST_CASE("an item is run as a call, and acked in the batch that asks for the next one") {
  rig r{1};
  r.give(1, {"a"});
  REQUIRE(r.orders.start.size() == 1);
  CHECK(r.orders.start[0].params == "body of a");
  CHECK(r.orders.start[0].deadline == start + 30s);
  CHECK(r.batches.empty());
  r.end(r.orders.start[0].id);
  REQUIRE(r.batches[1].requests.size() == 2);
  CHECK(r.request(1, queue_op::ack).lease == "a");
  CHECK(r.request(1, queue_op::lease).count == 1);
}

TEST_CASE("an item that fails is nacked with the error's name, and pauses as the queue is set") {
  rig r{1};
  r.give(1, {"a"});
  r.end(r.orders.start[0].id, errc::task_failed, "no luck");
  auto nack = r.request(1, queue_op::nack);
  CHECK(nack.lease == "a");
  CHECK(nack.error == "task_failed: no luck");
  CHECK(nack.worker == "w1");
  CHECK(nack.backoff);
  CHECK_FALSE(nack.dead);
}

TEST_CASE("an item that its kind refuses is dead at once") {
  rig r{1};
  r.give(1, {"a"});
  r.end(r.orders.start[0].id, errc::invalid_params, "n is missing");
  auto nack = r.request(1, queue_op::nack);
  CHECK(nack.error == "invalid_params: n is missing");
  CHECK(nack.dead);
}

TEST_CASE("consumers take items that are no jobs and jobs of their kind, and keep jobs' results") {
  rig r{2};
  CHECK(r.lease[1].kinds == std::vector<std::string>{"", "prime"});
  auto answer = rig::items_for(r.lease[1].id, {"item", "job"});
  answer.items[1].job = {1, 2};
  answer.items[1].timeout_ms = 5'000;
  r.answer(1, answer);
  REQUIRE(r.orders.start.size() == 2);
  CHECK(r.orders.start[0].deadline == start + 30s);
  CHECK(r.orders.start[1].deadline == start + 5s);
  auto calls = r.orders.start;
  r.end(calls[0].id);
  CHECK(r.request(1, queue_op::ack).result.empty());
  r.end(calls[1].id);
  CHECK(r.request(1, queue_op::ack).result == "true");
  CHECK(r.request(1, queue_op::ack).worker == "w1");
}

TEST_CASE("the call of a job that is cancelled is stopped, and its result settles nothing") {
  rig r{2};
  r.give(1, {"a", "b"});
  auto calls = r.orders.start;
  proto::queue_answers batch;
  batch.revoked = {"b", "another"};
  r.core.on_answers(1, batch, r.now);
  r.turn();
  CHECK(r.orders.stop == std::vector<std::pair<std::uint32_t, std::uint64_t>>{{1, calls[1].id}});
  r.end(calls[1].id, errc::cancelled, "stopped");
  CHECK(r.requests(1, queue_op::nack).empty());
}

TEST_CASE("a lease is extended at half its time while its call runs, and not after it") {
  rig r{2};
  r.give(1, {"a", "b"});
  auto calls = r.orders.start;
  r.now += 14s;
  r.end(calls[1].id);
  CHECK(r.core.next_look() == start + 15s);
  r.now = start + 15s;
  r.turn();
  auto extend = r.request(1, queue_op::extend);
  CHECK(extend.lease == "a");
  r.now += 1s;
  r.turn();
  CHECK(r.requests(1, queue_op::extend).empty());
  r.settled(1, extend);
  CHECK(r.core.next_look() == start + 31s);
  r.end(calls[0].id);
  CHECK_FALSE(r.core.next_look());
}

TEST_CASE("an extension that fails for now is tried again before the lease runs out") {
  rig r{1};
  r.give(1, {"a"});
  r.now += 15s;
  r.turn();
  r.settled(1, r.request(1, queue_op::extend), errc::unavailable);
  CHECK(r.orders.stop.empty());
  REQUIRE(r.core.next_look());
  CHECK(*r.core.next_look() < start + 25s);
}

TEST_CASE("a call whose lease is lost is stopped, and its result settles nothing") {
  rig r{1};
  r.give(1, {"a"});
  auto call = r.orders.start[0].id;
  r.now += 15s;
  r.turn();
  r.settled(1, r.request(1, queue_op::extend), errc::lease_lost);
  CHECK(r.orders.stop == std::vector<std::pair<std::uint32_t, std::uint64_t>>{{1, call}});
  CHECK(r.batches.empty()); // its slot is not free yet
  r.end(call, errc::cancelled, "stopped");
  CHECK(r.requests(1, queue_op::nack).empty());
  CHECK(r.request(1, queue_op::lease).count == 1);
}

TEST_CASE("a gateway that is gone frees its tokens, when its calls have stopped") {
  rig r{3, 2};
  r.give(1, {"a"});
  auto call = r.orders.start[0].id;
  CHECK(r.request(1, queue_op::lease).timeout_ms == 0);
  r.core.remove(1);
  r.turn();
  CHECK(r.orders.stop == std::vector<std::pair<std::uint32_t, std::uint64_t>>{{1, call}});
  r.now += 20s;
  r.give(2, {});
  CHECK(r.request(2, queue_op::lease).count == 2);
  r.end(call);
  CHECK(r.batches.empty());
  r.give(1, {"late"});
  CHECK(r.orders.start.empty());
}

TEST_CASE("another gateway takes waiting requests back, and what they bring is released") {
  rig r{4};
  auto old = r.lease[1];
  r.core.add(2);
  r.turn();
  CHECK(r.batches[1].cancelled == std::vector{old.id});
  CHECK(r.request(1, queue_op::lease).count == 1);
  CHECK(r.request(2, queue_op::lease).count == 1);
  r.answer(1, rig::items_for(old.id, {"a", "b"}));
  CHECK(r.orders.start.empty());
  CHECK(r.requests(1, queue_op::release).size() == 2);
}

TEST_CASE("a call that the pool gives back releases its item") {
  rig r{1};
  r.give(1, {"a"});
  r.core.on_returned(r.orders.start[0].id);
  r.turn();
  CHECK(r.request(1, queue_op::release).lease == "a");
  CHECK(r.request(1, queue_op::lease).count == 1);
}

TEST_CASE("a drain finishes what is in hand and waits for the answers") {
  rig r{2};
  r.give(1, {"a"});
  auto call = r.orders.start[0].id;
  auto waiting = r.lease[1];
  r.core.drain();
  r.turn();
  CHECK(r.batches[1].cancelled == std::vector{waiting.id});
  auto last = r.request(1, queue_op::stats);
  CHECK(last.queue == "jobs");
  // Its answer was on its way.
  r.answer(1, rig::items_for(waiting.id, {"b"}));
  auto release = r.request(1, queue_op::release);
  r.settled(1, last);
  r.end(call);
  auto ack = r.request(1, queue_op::ack);
  CHECK(r.requests(1, queue_op::lease).empty());
  r.settled(1, release);
  CHECK_FALSE(r.core.is_drained());
  r.settled(1, ack);
  CHECK(r.core.is_drained());
}

TEST_CASE("a drain does not wait for a gateway that is gone") {
  rig r{2};
  r.give(1, {"a"});
  auto call = r.orders.start[0].id;
  r.core.drain();
  r.core.remove(1);
  r.turn();
  CHECK_FALSE(r.core.is_drained());
  r.end(call, errc::cancelled, "stopped");
  CHECK(r.core.is_drained());
}
