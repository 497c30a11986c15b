#include "gateway/net/connection.hpp"

#include "tests/support/catch.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <functional>

using namespace squall;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// What became of the protocol of the one connection, and what it does with input.
struct script {
  std::function<void(gateway::link&)> on_input = [](gateway::link&) {};
  int sent = 0; ///< calls of `on_sent` since the last input
  bool had_input = false;
  bool gone = false;
};

class probe final : public gateway::protocol {
public:
  probe(gateway::link& link, script& script) : link_{link}, script_{script} {}
  ~probe() override { script_.gone = true; }

  void on_open() override {}
  std::size_t on_data(std::string_view input) override {
    script_.had_input = true;
    script_.sent = 0;
    script_.on_input(link_);
    return input.size();
  }
  void on_end() override { link_.finish(); }
  void on_timer() override {}
  void on_drain() override {}
  void on_sent() override {
    CHECK(link_.outbox().empty());
    ++script_.sent;
  }

private:
  gateway::link& link_;
  script& script_;
};

/// An io thread that runs when the test says so, and a client of it.
struct rig {
  gateway::settings limits;
  script server;
  gateway::net::io_thread thread{
      limits, [this](gateway::link& l) { return std::make_unique<probe>(l, server); }, 1};
  asio::io_context context;
  asio::ip::tcp::socket client{context};

  rig() { client.connect(thread.listen({asio::ip::address_v4::loopback(), 0}, false)); }
  ~rig() {
    thread.close_all();
    thread.context().restart();
    thread.context().poll();
  }

  void send(std::string_view text) { asio::write(client, asio::buffer(text)); }
  template <class Condition>
  void run_until(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds() && std::chrono::steady_clock::now() < end)
      thread.context().run_one_for(10ms);
    REQUIRE(holds());
  }
};

} // namespace

TEST_CASE("a protocol that finished is gone at once, though its peer has not closed") {
  rig r;
  bool was_there = false;
  r.server.on_input = [&](gateway::link& link) {
    link.outbox() += "bye";
    link.finish();
    was_there = !r.server.gone;
  };
  r.send("x");
  r.run_until([&] { return r.server.gone; });
  CHECK(was_there);
  std::string rest;
  boost::system::error_code ec;
  asio::read(r.client, asio::dynamic_buffer(rest), ec);
  CHECK(ec == asio::error::eof);
  CHECK(rest == "bye");
  r.send("what comes now is read by no one");
  r.client.close();
  r.thread.context().poll();
}

TEST_CASE("a protocol is told when the socket has taken what it wrote") {
  rig r;
  SECTION("at once") {
    r.server.on_input = [](gateway::link& link) {
      link.outbox() += "short";
      link.send_soon();
    };
    r.send("x");
    r.run_until([&] { return r.server.sent == 1; });
  }
  SECTION("when the peer has read") {
    constexpr std::size_t size = 64 << 20; // more than the kernel keeps
    r.server.on_input = [](gateway::link& link) {
      link.outbox().append(size, 'x');
      link.send_soon();
    };
    r.send("x");
    r.run_until([&] { return r.server.had_input; });
    r.thread.context().poll();
    CHECK(r.server.sent == 0);
    r.client.non_blocking(true);
    std::string piece(1 << 20, '\0');
    r.run_until([&] {
      boost::system::error_code ec;
      while (!ec)
        r.client.read_some(asio::buffer(piece), ec);
      return r.server.sent > 0;
    });
    CHECK(r.server.sent == 1);
  }
}
