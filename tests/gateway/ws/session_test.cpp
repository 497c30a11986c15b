#include "gateway/ws/session.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/fake_gateway.hpp"

#include <memory>
#include <string>

using namespace squall::gateway;
using squall::tests::fake_link;
using namespace std::chrono_literals;

namespace {

/// Answers every message as often as it is told to, and holds calls open as long as it is told to.
struct script final : ws::dialect {
  script(ws::message_port& port, std::size_t& open, bool& known)
      : port{port}, open_calls{open}, known{known} {}
  void on_message(std::string_view text, bool is_text) override {
    for (int i = 0; i < times; ++i)
      is_text ? port.send(text) : port.send_binary(text);
  }
  void on_drain() override { drained = true; }
  bool is_known() override { return known; }
  void on_access_changed() override { port.refuse("this token has expired"); }
  std::size_t open() const noexcept override { return open_calls; }

  ws::message_port& port;
  std::size_t& open_calls;
  int times = 1;
  bool drained = false;
  bool& known;
};

struct rig {
  explicit rig(std::size_t max_outbox = 1000, bool is_known = true) : known{is_known} {
    ws::handshake request{boost::beast::http::verb::get, "/ws", 11};
    request.set("Host", "localhost");
    request.set("Upgrade", "websocket");
    request.set("Connection", "Upgrade");
    request.set("Sec-WebSocket-Version", "13");
    request.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    session = std::make_unique<ws::session>(
        link, limits, ws::session::limits{1 << 20, max_outbox}, counts, request,
        ws::codec::options{1 << 20, true, "squall/test", "abc"}, [this](ws::message_port& port) {
          auto made = std::make_unique<script>(port, open, known);
          dialect = made.get();
          return made;
        });
    session->on_open();
    handshake = link.take();
  }

  /// An unmasked-looking client's text frame; the mask is zero, so the payload reads as it is.
  static std::string text(const std::string& payload) {
    const auto size = payload.size();
    const auto length = size < 126 ? std::string{static_cast<char>(0x80 | size)}
                                   : std::string{'\xFE', static_cast<char>(size >> 8),
                                                 static_cast<char>(size & 0xFF)};
    return "\x81" + length + std::string(4, '\0') + payload;
  }
  void give(const std::string& bytes) const { CHECK(session->on_data(bytes) == bytes.size()); }

  fake_link link;
  settings limits;
  counters counts;
  std::size_t open = 0;
  bool known;
  script* dialect = nullptr;
  std::string handshake;
  std::unique_ptr<ws::session> session;
};

} // namespace

TEST_CASE("a session answers the handshake with the request's id and counts itself") {
  rig r;
  CHECK(r.handshake.find("101") != std::string::npos);
  CHECK(r.handshake.find("X-Request-Id: abc") != std::string::npos);
  CHECK(r.counts.websocket_connections == 1);
  r.session.reset();
  CHECK(r.counts.websocket_connections == 0);
}

TEST_CASE("answers go out as frames of the kind of the question") {
  rig r;
  r.give(rig::text("97"));
  CHECK(r.link.take() == std::string("\x81\x02") + "97");
  r.give(std::string("\x82\x81\0\0\0\0x", 7));
  CHECK(r.link.take() == std::string("\x82\x01x"));
  CHECK(r.counts.websocket_messages == 2);
}

TEST_CASE("a client that does not read is closed with 1008 at its outbox bound") {
  rig r{1000};
  r.dialect->times = 1000;
  r.give(rig::text("never read"));
  CHECK(r.link.finished);
  CHECK(r.link.sent.size() < 1100);
  CHECK(r.link.sent.find("\x03\xF0too many unread answers") != std::string::npos);
  r.give(rig::text("ignored"));
  CHECK(r.link.sent.size() < 1100);
}

TEST_CASE("a client that reads may get more in one turn than its outbox holds") {
  rig r{1000};
  r.link.room = 1 << 20;
  r.dialect->times = 1000;
  r.give(rig::text("read"));
  CHECK_FALSE(r.link.finished);
}

TEST_CASE("a quiet connection is pinged, and given up when nothing comes back") {
  rig r;
  const auto start = r.link.time;
  CHECK(r.link.timer == start + r.limits.ping_interval);
  r.link.time = r.link.timer;
  r.session->on_timer();
  CHECK(r.link.take() == std::string("\x89\x00", 2));
  SECTION("a pong keeps it") {
    r.give(std::string("\x8A\x80\0\0\0\0", 6));
    r.link.time = r.link.timer;
    r.session->on_timer();
    CHECK_FALSE(r.link.aborted);
  }
  SECTION("silence ends it") {
    r.link.time = r.link.timer;
    r.session->on_timer();
    CHECK(r.link.aborted);
  }
}

TEST_CASE("a draining session ends with 1001 when its last call is answered") {
  rig r;
  r.open = 1;
  r.session->on_drain();
  CHECK(r.dialect->drained);
  CHECK_FALSE(r.link.finished);
  r.dialect->port.send("last");
  r.open = 0;
  r.dialect->port.answered();
  CHECK(r.link.finished);
  const auto sent = r.link.take();
  CHECK(sent.find("last") < sent.find("\x03\xE9the gateway drains"));
}

TEST_CASE("a client that may not go on is closed with 1008 and told why") {
  rig r;
  r.session->on_access_changed();
  CHECK(r.link.finished);
  CHECK(r.link.sent.ends_with("\x03\xF0this token has expired"));
  r.session->on_access_changed();
  r.give(rig::text("ignored"));
  CHECK(r.link.take().size() == 26);
}

TEST_CASE("a stranger has little time to show who it is") {
  rig r{1 << 20, false};
  const auto start = r.link.time;
  CHECK(r.link.timer == start + ws::session::stranger_time);
  r.give(rig::text("hello"));
  r.link.take();
  r.link.time = r.link.timer;
  r.session->on_timer();
  CHECK(r.link.finished);
  CHECK(r.link.sent.ends_with("\x03\xF0no token was shown in time"));
}

TEST_CASE("a stranger may send little, and whoever is known then all") {
  rig r{1 << 20, false};
  r.give(rig::text(std::string(4096, 'x')));
  CHECK(r.link.take().size() == 4096 + 4);
  SECTION("too much closes with 1009") {
    r.session->on_data(rig::text(std::string(4097, 'x')));
    CHECK(r.link.finished);
    CHECK(r.link.sent == std::string("\x88\x02\x03\xF1"));
  }
  SECTION("answers that it does not read close with 1008") {
    r.dialect->times = 1000;
    r.give(rig::text(std::string(1000, 'x')));
    CHECK(r.link.finished);
    CHECK(r.link.sent.size() < 70'000);
  }
  SECTION("with the message that shows who it is all that is over") {
    r.known = true;
    r.give(rig::text("it is me"));
    r.link.take();
    r.give(rig::text(std::string(60'000, 'x')));
    CHECK(r.link.take().size() == 60'004);
    r.link.time += ws::session::stranger_time;
    r.session->on_timer();
    CHECK_FALSE(r.link.finished);
    CHECK(r.link.timer == r.link.time - ws::session::stranger_time + r.limits.ping_interval);
  }
}

TEST_CASE("a protocol error closes and says why") {
  rig r;
  r.session->on_data(std::string("\x83\x80\0\0\0\0", 6));
  CHECK(r.link.finished);
  CHECK(r.link.sent == std::string("\x88\x02\x03\xEA"));
}
