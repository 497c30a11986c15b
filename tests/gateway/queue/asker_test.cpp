#include "gateway/queue/asker.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace squall;
using gateway::asker;

namespace {

struct sink final : gateway::queue_sink {
  std::vector<std::pair<std::uint64_t, proto::queue_answer>> got;
  void on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) override {
    got.emplace_back(tag, std::move(answer));
  }
};

proto::queue_request lease_from(std::string queue) {
  proto::queue_request request;
  request.op = proto::queue_op::lease;
  request.queue = std::move(queue);
  return request;
}

proto::queue_answer answer_to(const proto::queue_request& request,
                              std::vector<std::string> leases = {}) {
  proto::queue_answer answer;
  answer.id = request.id;
  answer.op = request.op;
  for (auto& lease : leases)
    answer.items.emplace_back().lease = std::move(lease);
  return answer;
}

} // namespace

TEST_CASE("the requests of a turn leave together, and each answer finds its own") {
  int woken = 0;
  asker a{[&woken] { ++woken; }};
  sink s;
  a.ask(lease_from("a"), s, 1);
  a.ask(lease_from("b"), s, 2);
  CHECK(woken > 0);
  const auto batch = a.take();
  REQUIRE(batch.requests.size() == 2);
  CHECK(batch.requests[0].queue == "a");
  CHECK(a.take() == proto::queue_batch{});
  a.give(answer_to(batch.requests[1]));
  a.give(answer_to(batch.requests[0], {"x"}));
  a.give(answer_to(batch.requests[1])); // there is no second answer
  REQUIRE(s.got.size() == 2);
  CHECK(s.got[0].first == 2);
  CHECK(s.got[1].first == 1);
  CHECK(s.got[1].second.items[0].lease == "x");
  CHECK(a.take() == proto::queue_batch{});
}

TEST_CASE("what is leased for a request that was taken back goes back at once") {
  int woken = 0;
  asker a{[&woken] { ++woken; }};
  sink s;
  const auto ticket = a.ask(lease_from("a"), s, 1);
  const auto asked = a.take();
  a.take_back(ticket);
  a.take_back(ticket);
  CHECK(a.take().cancelled == std::vector{ticket});
  woken = 0;
  a.give(answer_to(asked.requests[0], {"x", "y"}));
  CHECK(s.got.empty());
  CHECK(woken > 0);
  const auto batch = a.take();
  REQUIRE(batch.requests.size() == 2);
  for (const auto& request : batch.requests) {
    CHECK(request.op == proto::queue_op::release);
    CHECK(request.id == 0);
  }
  CHECK(batch.requests[0].lease == "x");
  CHECK(batch.requests[1].lease == "y");
}

TEST_CASE("the end of a holder is told to the broker") {
  asker a{[] {}};
  a.end_holder(7);
  CHECK(a.take().ended == std::vector<std::uint64_t>{7});
}
