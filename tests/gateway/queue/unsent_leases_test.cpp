#include "gateway/queue/unsent_leases.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_gateway.hpp"

using namespace squall;
using gateway::unsent_leases;

namespace {

std::vector<proto::leased_item> items(std::vector<std::string> leases) {
  std::vector<proto::leased_item> out;
  for (auto& lease : leases)
    out.emplace_back().lease = std::move(lease);
  return out;
}

} // namespace

TEST_CASE("leases that were not sent go back, others stay") {
  tests::fake_queues queues;
  {
    unsent_leases unsent{queues};
    unsent.add(items({"a", "b"}));
    unsent.sent();
    CHECK(unsent.empty());
    unsent.add(items({"c"}));
    unsent.add(items({"d"}));
    CHECK_FALSE(unsent.empty());
  }
  CHECK(queues.released == std::vector<std::string>{"c", "d"});
}

TEST_CASE("leases that another watches are no longer this one's") {
  tests::fake_queues queues;
  unsent_leases later{queues};
  {
    unsent_leases first{queues};
    first.add(items({"a"}));
    later.add(std::move(first));
  }
  CHECK(queues.released.empty());
  CHECK_FALSE(later.empty());
  later.sent();
}
