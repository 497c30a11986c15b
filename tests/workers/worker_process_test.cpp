#include "workers/worker_process.hpp"

#include "actors/door.hpp"
#include "actors/router.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/published_gateway.hpp"

#include <caf/scoped_actor.hpp>

#include <chrono>
#include <future>
#include <string>
#include <utility>

#include <unistd.h>

using namespace squall;
using namespace std::chrono_literals;

namespace {

/// The cluster side of a gateway, with the real router and door.
class gateway {
public:
  std::uint16_t port() const { return cluster_.port(); }

  proto::router_status status() {
    proto::router_status found;
    caf::scoped_actor self{cluster_.system()};
    self->request(cluster_.router(), 20s, proto::get_status{})
        .receive([&](proto::router_status& status) { found = std::move(status); },
                 [&](const caf::error& why) { FAIL(caf::to_string(why)); });
    return found;
  }

  /// Asks until the number of workers is `count`; false after 20 s.
  bool has_workers(std::size_t count) {
    auto until = std::chrono::steady_clock::now() + 20s;
    while (status().workers.size() != count)
      if (std::chrono::steady_clock::now() > until) return false;
    return true;
  }

private:
  tests::published_gateway<proto::router_actor> cluster_{[](caf::actor_system& system) {
    auto router = actors::router(system, {"gateway", {}});
    return std::pair{router, actors::door(system, router)};
  }};
};

} // namespace

TEST_CASE("a worker process joins, offers its pools, and leaves when it is stopped") {
  gateway at;
  auto kinds = workers::built_in_kinds();
  workers::worker_options options;
  options.gateways = {{"127.0.0.1", at.port()}};
  options.pools = workers::parse_pools({"prime=2", "sleep=7"}, kinds);
  options.name = "north";
  workers::worker_process process{options, kinds};
  REQUIRE(at.has_workers(1));
  auto worker = at.status().workers.front();
  CHECK(worker.who.name == "north");
  REQUIRE(worker.pools.size() == 2);
  CHECK(worker.pools[0].slots == 2);
  CHECK(worker.pools[1].window == 7);
  auto ended = std::async(std::launch::async, [&] { return process.run(); });
  process.stop();
  CHECK(ended.get());
  CHECK(at.has_workers(0));
}

TEST_CASE("a worker process changes its pools without leaving its gateway") {
  gateway at;
  auto kinds = workers::built_in_kinds();
  workers::worker_options options;
  options.gateways = {{"127.0.0.1", at.port()}};
  options.pools = workers::parse_pools({"prime=2", "sleep=7"}, kinds);
  options.consumes = {{"numbers", "prime", 1}};
  workers::worker_process process{options, kinds};
  REQUIRE(at.has_workers(1));
  auto ended = std::async(std::launch::async, [&] { return process.run(); });
  const auto change = [&](workers::work_orders orders) {
    std::promise<std::string> done;
    process.change(std::move(orders), [&](const std::string& refused) { done.set_value(refused); });
    return done.get_future().get();
  };
  CHECK(change({{{"prime", 3}, {"fetch", 5}}, {{"numbers", "prime", 2}, {"more", "prime", 1}}})
            .empty());
  const auto status = at.status();
  REQUIRE(status.workers.size() == 1);
  const auto& worker = status.workers.front();
  REQUIRE(worker.pools.size() == 2);
  CHECK(worker.who.pid == static_cast<std::uint32_t>(::getpid()));
  CHECK(worker.pools[0].kind == "prime");
  CHECK(worker.pools[0].slots == 3);
  CHECK(worker.pools[1].kind == "fetch");
  CHECK(worker.pools[1].window == 5);
  CHECK(change({{{"prime", 3}, {"unknown", 5}}, {}}).find("unknown") != std::string::npos);
  CHECK(at.status().workers.front().pools.size() == 2);
  process.stop();
  CHECK(ended.get());
}

TEST_CASE("a worker process that finds no gateway stops all the same") {
  auto kinds = workers::built_in_kinds();
  workers::worker_options options;
  options.gateways = {{"127.0.0.1", 1}};
  options.pools = {{"sleep", 1}};
  workers::worker_process process{options, kinds};
  process.stop();
  CHECK(process.run());
  process.stop();
}
