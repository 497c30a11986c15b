#include "gateway/ws/codec.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using squall::gateway::ws::codec;
using squall::gateway::ws::codec_events;
using squall::gateway::ws::handshake;

namespace {

struct recorder final : codec_events {
  std::vector<std::string> messages;
  std::vector<bool> texts;
  int pongs = 0;
  void on_message(std::string_view message, bool is_text) override {
    messages.emplace_back(message);
    texts.push_back(is_text);
  }
  void on_pong() override { ++pongs; }
};

/// A frame as a client sends it: masked (RFC 6455, 5.3).
std::string frame(int first_byte, std::string payload, bool masked = true) {
  std::string out(1, static_cast<char>(first_byte));
  const int mask_bit = masked ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else if (payload.size() < 65536) {
    out += static_cast<char>(mask_bit | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xFF);
  } else {
    out += static_cast<char>(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>((std::uint64_t{payload.size()} >> shift) & 0xFF);
  }
  if (masked) {
    const std::string mask = "\x11\x22\x33\x44";
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return out + payload;
}

constexpr int text = 0x81;
constexpr int text_begin = 0x01;
constexpr int more = 0x00;
constexpr int last = 0x80;

struct peer {
  explicit peer(codec::options options = {}, const std::string& extensions = {})
      : codec_{options, out} {
    handshake request{boost::beast::http::verb::get, "/ws/echo", 11};
    request.set("Host", "localhost");
    request.set("Upgrade", "websocket");
    request.set("Connection", "Upgrade");
    request.set("Sec-WebSocket-Version", "13");
    request.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    if (!extensions.empty()) request.set("Sec-WebSocket-Extensions", extensions);
    accepted = codec_.accept(request);
    answer = std::exchange(out, {});
  }

  /// Offers bytes as a connection does, a piece at a time.
  void give(const std::string& bytes, std::size_t piece = 1 << 20) {
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      rest += bytes.substr(at, piece);
      rest.erase(0, codec_.feed(rest, events));
    }
  }

  std::string out;
  std::string answer;
  std::string rest;
  recorder events;
  codec codec_;
  bool accepted = false;
};

} // namespace

TEST_CASE("the handshake answers with the key of RFC 6455, section 1.3") {
  peer p;
  CHECK(p.accepted);
  CHECK(p.answer.find("HTTP/1.1 101") == 0);
  CHECK(p.answer.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
}

TEST_CASE("messages come whole however the bytes are cut") {
  const std::string long_text(70'000, 'x');
  const std::string bytes = frame(text, "97") + frame(0x82, std::string("\0\1", 2)) +
                            frame(text_begin, "ab") + frame(0x89, "hi") + frame(more, "") +
                            frame(more, "cd") + frame(last, "ef") + frame(text, "") +
                            frame(text, long_text);
  for (std::size_t piece : {1, 2, 3, 5, 7, 13, 100, 4096, 1 << 20}) {
    peer p;
    p.give(bytes, piece);
    INFO("pieces of " << piece);
    CHECK(p.events.messages ==
          std::vector<std::string>{"97", std::string("\0\1", 2), "abcdef", "", long_text});
    CHECK(p.events.texts == std::vector<bool>{true, false, true, true, true});
    CHECK(p.out == std::string("\x8A\x02hi"));
    CHECK(p.rest.empty());
    CHECK(p.codec_.is_open());
  }
}

TEST_CASE("pings of a client that does not read are not answered without end") {
  codec::options options;
  options.max_outbox_bytes = 1000;
  peer p{options};
  std::string pings;
  for (int i = 0; i < 100; ++i)
    pings += frame(0x89, std::string(125, 'x'));
  p.give(pings);
  CHECK(p.out.size() > 900);
  CHECK(p.out.size() < 1200);
}

TEST_CASE("a ping between the fragments of a message is answered before the message ends") {
  peer p;
  p.give(frame(text_begin, "a") + frame(more, "") + frame(0x89, "now"));
  CHECK(p.out == std::string("\x8A\x03now"));
  p.give(frame(0x8A, "") + frame(last, "b"));
  CHECK(p.events.messages == std::vector<std::string>{"ab"});
  CHECK(p.events.pongs == 1);
}

TEST_CASE("what the protocol forbids is answered with a close frame that says why") {
  const auto [bytes, code] = GENERATE(table<std::string, int>({
      {frame(text, "\xFF"), 1007}, // not UTF-8
      {frame(text_begin, "\xC3") + frame(last, ""), 1007},
      {frame(0x83, ""), 1002},                     // reserved opcode
      {frame(0xC1, "x"), 1002},                    // RSV1 without an extension
      {frame(0x80, "x"), 1002},                    // nothing to continue
      {frame(0x09, "x"), 1002},                    // fragmented ping
      {frame(0x89, std::string(126, 'x')), 1002},  // long ping
      {frame(text, "x", false), 1002},             // not masked
      {frame(text, std::string(2000, 'x')), 1009}, // over the limit
      {frame(text_begin, std::string(900, 'x')) + frame(last, std::string(900, 'x')), 1009},
      {frame(0x88, "x"), 1002},        // half a close code
      {frame(0x88, "\x03\xE8"), 1000}, // a proper close is answered in kind
      {frame(0x88, ""), 1000},
  }));
  codec::options options;
  options.max_message_bytes = 1000;
  peer p{options};
  p.give(bytes);
  CHECK_FALSE(p.codec_.is_open());
  REQUIRE(p.out.size() >= 4);
  CHECK(static_cast<unsigned char>(p.out[0]) == 0x88);
  CHECK(((static_cast<unsigned char>(p.out[2]) << 8) | static_cast<unsigned char>(p.out[3])) ==
        code);
}

TEST_CASE("bad UTF-8 is refused before its frame has ended") {
  peer p;
  auto bytes = frame(text, "ok \xFF and much more that never comes");
  p.give(bytes.substr(0, bytes.size() - 10));
  CHECK_FALSE(p.codec_.is_open());
}

TEST_CASE("endless empty fragments end the connection") {
  peer p;
  p.give(frame(text_begin, "a"));
  for (int i = 0; i < 2000 && p.codec_.is_open(); ++i)
    p.give(frame(more, ""));
  CHECK_FALSE(p.codec_.is_open());
}

TEST_CASE("permessage-deflate is used when the client offers it") {
  peer p{{}, "permessage-deflate"};
  CHECK(p.answer.find("permessage-deflate") != std::string::npos);
  // "Hello" as in RFC 7692, section 7.2.3.1, then the same in two fragments, with empty ones
  // between
  const std::string hello("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
  const std::string bytes = frame(0xC1, hello) + frame(0x41, hello.substr(0, 3)) + frame(more, "") +
                            frame(last, hello.substr(3));
  for (std::size_t piece : {1, 2, 9, 1000}) {
    p.events.messages.clear();
    p.give(bytes, piece);
    CHECK(p.events.messages == std::vector<std::string>{"Hello", "Hello"});
  }
  const auto before = p.out.size();
  p.codec_.send(std::string(10'000, 'a'), true);
  CHECK(p.out.size() - before < 200);
}

TEST_CASE("a small frame that inflates over the limit is refused") {
  // One deflate block a message: 10,000 equal letters, made by a second codec.
  codec::options options;
  std::string compressed;
  {
    peer maker{options, "permessage-deflate"};
    maker.codec_.send(std::string(200'000, 'a'), true);
    const auto header = static_cast<unsigned char>(maker.out[1]) == 126 ? 4U : 2U;
    compressed = maker.out.substr(header);
  }
  options.max_message_bytes = 100'000;
  peer p{options, "permessage-deflate"};
  p.give(frame(0xC1, compressed));
  CHECK_FALSE(p.codec_.is_open());
  CHECK(p.events.messages.empty());
}

TEST_CASE("nothing is sent behind a close frame") {
  peer p;
  p.codec_.close(1001, std::string(500, 'r'));
  CHECK(static_cast<unsigned char>(p.out[1]) == 125);
  const auto size = p.out.size();
  p.codec_.close(1008, "again");
  CHECK(p.out.size() == size);
  p.give(frame(text, "x"));
  CHECK(p.events.messages.empty());
}
