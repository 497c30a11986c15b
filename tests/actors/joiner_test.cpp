#include "actors/joiner.hpp"

#include "actors/joiner_membership.hpp"
#include "tests/actors/fake_router.hpp"
#include "tests/support/published_gateway.hpp"

#include <caf/io/middleman.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>

namespace {

using namespace squall;
using namespace squall::test;
using namespace squall::tests;

using fake_door = proto::door_actor;

fake_door::behavior_type fake_door_behavior(fake_door::pointer, proto::router_port router,
                                            std::shared_ptr<std::atomic<int>> greetings) {
  return {
      [=](const proto::greeting& hello) {
        ++*greetings;
        greetings->notify_all();
        proto::welcome answer;
        answer.accepted = hello.protocol == proto::protocol_version;
        answer.protocol = proto::protocol_version;
        answer.reason = "worker speaks " + std::to_string(hello.protocol);
        return answer;
      },
      [=](const proto::enter&) { return router; },
  };
}

/// A gateway's side, with a fake router.
class gateway {
public:
  explicit gateway(std::uint16_t at = 0)
      : cluster_{[this](caf::actor_system& system) {
                   auto router = system.spawn(fake_router_behavior, log, std::uint64_t{7});
                   return std::pair{router, system.spawn(fake_door_behavior,
                                                         proto::router_port{router}, greetings)};
                 },
                 at} {}

  std::uint16_t port() const { return cluster_.port(); }
  void send(proto::call_batch batch) { caf::anon_send(cluster_.router(), std::move(batch)); }

  std::shared_ptr<router_log> log = std::make_shared<router_log>();
  std::shared_ptr<std::atomic<int>> greetings = std::make_shared<std::atomic<int>>(0);

private:
  published_gateway<fake_router> cluster_;
};

/// A worker's side: an agent that echoes, and joiners for it.
class worker {
public:
  worker() : config_{networked()}, system_{config_} {
    actors::handler echo;
    echo.info.name = "echo";
    echo.run = [](const actors::task& task) {
      return actors::outcome::ok(std::string{task.params});
    };
    actors::agent_options options;
    options.pools.push_back({echo, 1});
    agent_ = actors::agent(system_, std::move(options));
  }

  ~worker() {
    for (auto& joiner : joiners_)
      caf::anon_send_exit(joiner, caf::exit_reason::user_shutdown);
    if (membership_) caf::anon_send_exit(membership_, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(agent_, caf::exit_reason::user_shutdown);
  }

  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  void join(std::uint16_t port, std::uint32_t protocol = proto::protocol_version) {
    joiners_.push_back(system_.spawn(
        actors::joiner,
        actors::joiner_options{"127.0.0.1", port, agent_, {protocol, "0", "tested"}, timing}));
  }

  void join_by_name(const std::string& name, std::uint16_t port) {
    actors::membership_options options;
    options.gateways = {{name, port}};
    options.agent = agent_;
    options.hello = {proto::protocol_version, "0", "tested"};
    options.timing = timing;
    membership_ = system_.spawn(actors::membership, std::move(options));
  }

  actors::join_timing timing;

private:
  proto::system_config config_;
  caf::actor_system system_;
  proto::local_agent_actor agent_;
  std::vector<proto::joiner_actor> joiners_;
  proto::membership_actor membership_;
};

void joined(gateway& at, std::size_t times = 1) {
  at.log->wait([times](auto& log) { return log.joins_.size() == times; });
}

void works(gateway& at, std::uint64_t id) {
  at.send({{make_call(id, "echo", std::to_string(id))}, {}});
  CHECK(at.log->result(id).body == std::to_string(id));
}

} // namespace

TEST_CASE("a worker joins a gateway over the network and answers its calls") {
  gateway at;
  worker one;
  one.join(at.port());
  joined(at);
  works(at, 1);
}

TEST_CASE("a worker joins a gateway by a name, and a gateway reached twice is joined once") {
  gateway at;
  worker one;
  one.join_by_name("localhost", at.port());
  joined(at);
  one.join(at.port());
  at.greetings->wait(1);
  works(at, 1);
  CHECK(at.log->joins_.size() == 1);
}

TEST_CASE("a gateway that comes back on the same port is joined again within 3 s") {
  std::optional<gateway> at{std::in_place};
  worker one;
  auto port = at->port();
  one.join(port);
  joined(*at);
  at.reset();
  at.emplace(port);
  auto since = std::chrono::steady_clock::now();
  joined(*at);
  CHECK(std::chrono::steady_clock::now() - since < 3s);
  works(*at, 1);
}

TEST_CASE("a gateway that starts later than its worker is joined") {
  std::uint16_t port = 0;
  {
    gateway before;
    port = before.port();
  }
  worker one;
  one.join(port);
  gateway at{port};
  joined(at);
  works(at, 1);
}

TEST_CASE("a worker works for two gateways at once") {
  gateway first;
  gateway second;
  worker one;
  one.join(first.port());
  one.join(second.port());
  joined(first);
  joined(second);
  works(first, 1);
  works(second, 1);
}

TEST_CASE("a worker of another protocol version is refused, and asks again now and then") {
  gateway at;
  worker one;
  one.timing.refused_pause = 10ms;
  one.join(at.port(), 99);
  for (int seen = 0; seen < 3; seen = *at.greetings)
    at.greetings->wait(seen);
  CHECK(at.log->joins_.empty());
}

TEST_CASE("a joiner that nobody answers ends when it is told to") {
  // A socket that accepts connections in the kernel's queue, and never says anything.
  auto silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(silent, 8) == 0);
  socklen_t size = sizeof address;
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  {
    worker one;
    one.timing.step = 200ms;
    one.join(ntohs(address.sin_port));
    gateway at;
    one.join(at.port());
    joined(at);
  }
  ::close(silent);
}

TEST_CASE("a joiner that is turned away makes growing pauses") {
  auto closing = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(closing, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(closing, 8) == 0);
  socklen_t size = sizeof address;
  ::getsockname(closing, reinterpret_cast<sockaddr*>(&address), &size);
  worker one;
  auto begin = std::chrono::steady_clock::now();
  one.join(ntohs(address.sin_port));
  // Each attempt comes twice, the second time as CAF.
  for (int accepted = 0; accepted < 9; ++accepted)
    ::close(::accept(closing, nullptr, nullptr));
  // Before the fifth attempt: at least half of 100, 200, 400 and 800 ms.
  CHECK(std::chrono::steady_clock::now() - begin > 750ms);
  ::close(closing);
}

TEST_CASE("a connection that is dropped on this side is made anew") {
  gateway at;
  proto::system_config config{networked()};
  caf::actor_system system{config};
  auto door = system.middleman().remote_actor<fake_door>("127.0.0.1", at.port());
  REQUIRE(door);
  caf::scoped_actor self{system};
  self->monitor(*door);
  actors::drop_connection(system, (*door)->node());
  bool down = false;
  self->receive([&](const caf::down_msg&) { down = true; },
                caf::after(std::chrono::seconds{10}) >> [] {});
  CHECK(down);
  // The other side may not have noticed the loss yet: then it keeps the old connection, and the new
  // one never answers. That is what joiners drop connections for, and try again.
  bool answered = false;
  for (int attempt = 0; attempt < 10 && !answered; ++attempt) {
    auto again = system.middleman().remote_actor<fake_door>("127.0.0.1", at.port());
    if (!again) continue;
    self->request(*again, 1s, proto::greeting{proto::protocol_version, "0", "tested"})
        .receive([&](const proto::welcome& welcome) { answered = welcome.accepted; },
                 [&](const caf::error&) { actors::drop_connection(system, (*again)->node()); });
  }
  CHECK(answered);
}
