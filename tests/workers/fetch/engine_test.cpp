#include "workers/fetch/engine.hpp"

#include "tests/support/catch.hpp"
#include "tests/workers/fetch/fetch_rig.hpp"
#include "tests/workers/fetch/server.hpp"

#include <semaphore>

using namespace squall;
using squall::workers::event_loop;
using namespace squall::workers::fetch;
using namespace squall::workers::fetch::tests;
using Catch::Matchers::ContainsSubstring;

namespace {

/// 300,000 zeros, as gzip writes them.
std::string zipped_zeros() {
  using namespace std::string_literals;
  return "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x01\x0d\x00\x00\x00\xc2\xa0\xf7\x4f\x6d\x0f\x07\x14"s +
         std::string(290, '\0') + "\xfc\x18\xfb\xe2\xb2\xf6\xe0\x93\x04\x00"s;
}

/// Answers nothing, and tells of each request.
struct silent {
  std::counting_semaphore<> asked{0};
  server page{[this](const server::message&) {
    asked.release();
    return std::string{};
  }};

  bool is_asked() { return asked.try_acquire_for(std::chrono::seconds{20}); }
};

std::uint16_t closed_port() {
  server gone{[](const server::message&) { return std::string{}; }};
  return gone.port();
}

} // namespace

TEST_CASE("a body is inflated, and its limit is counted then") {
  server page{[](const server::message&) {
    return reply("200 OK", zipped_zeros(), "Content-Encoding: gzip\r\n");
  }};
  rig fetch;
  CHECK(fetch.fetch(page.url())["body"] == std::string(300'000, '\0'));
  CHECK(fetch.fetch({{"url", page.url()}, {"max_body_bytes", 300'000}})["status"] == 200);
  CHECK(fetch.fail({{"url", page.url()}, {"max_body_bytes", 299'999}}) == "too_large");
  const auto raw = fetch.fetch(
      {{"url", page.url()}, {"max_body_bytes", zipped_zeros().size()}, {"decompress", false}});
  CHECK(raw.contains("body_base64"));
}

TEST_CASE("a server that answers nothing costs the time that was given") {
  silent quiet;
  rig fetch;
  auto ended = fetch.start({{"url", quiet.page.url()}, {"timeout_ms", 50}}).get();
  CHECK(ended.code == proto::errc::task_failed);
  CHECK(json::parse(ended.data) == json{{"reason", "timeout"}, {"url", quiet.page.url()}});
  CHECK_THAT(ended.body, ContainsSubstring("50 ms"));
}

TEST_CASE("a stopped call ends at once") {
  silent quiet;
  rig fetch;
  auto call = fetch.start({{"url", quiet.page.url()}});
  REQUIRE(quiet.is_asked());
  call.stop();
  CHECK(call.get().code == proto::errc::cancelled);
}

TEST_CASE("a call that was stopped before it began ends too") {
  silent quiet;
  rig fetch;
  pending call =
      fetch.start({{"requests", {{{"url", quiet.page.url()}}, {{"url", quiet.page.url()}}}}});
  call.stop();
  CHECK(call.get().code == proto::errc::cancelled);
}

TEST_CASE("one host gets so many transfers at a time, the others wait in their order") {
  silent quiet;
  auto options = local();
  options.per_host = 2;
  rig fetch{options};
  std::vector<pending> calls;
  calls.reserve(4);
  for (int i = 0; i < 4; ++i)
    calls.push_back(fetch.start({{"url", quiet.page.url()}}));
  REQUIRE(quiet.is_asked());
  REQUIRE(quiet.is_asked());
  // Another host is not held up by the full one; when it has answered, the first two are all.
  server other{[](const server::message&) { return reply("200 OK", ""); }};
  fetch.fetch(other.url());
  CHECK_FALSE(quiet.asked.try_acquire());
  calls[3].stop();
  CHECK(calls[3].get().code == proto::errc::cancelled);
  calls[0].stop();
  REQUIRE(quiet.is_asked());
  CHECK(calls[0].get().code == proto::errc::cancelled);
  CHECK_FALSE(calls[1].ready());
  CHECK_FALSE(calls[2].ready());
}

TEST_CASE("time goes by while a fetch waits for its host") {
  silent quiet;
  auto options = local();
  options.per_host = 1;
  rig fetch{options};
  auto first = fetch.start({{"url", quiet.page.url()}});
  REQUIRE(quiet.is_asked());
  CHECK(fetch.fail({{"url", quiet.page.url()}, {"timeout_ms", 20}}) == "timeout");
  CHECK_FALSE(first.ready());
}

TEST_CASE("a port where nobody listens is a fault of the connection") {
  rig fetch;
  CHECK(fetch.fail({{"url", "http://127.0.0.1:" + std::to_string(closed_port())}}) == "connect");
}

TEST_CASE("what is no HTTP, ends too early or has no end of header is a fault of the protocol") {
  server page{[](const server::message& got) -> std::string {
    const std::string close = "Connection: close\r\n";
    if (got.path() == "/short")
      return "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + close + "\r\nabc";
    if (got.path() == "/unzipped") return reply("200 OK", "abc", "Content-Encoding: gzip\r\n");
    if (got.path() == "/none") return "SSH-2.0-x\r\n" + close;
    std::string endless = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 4'000; ++i)
      endless += "A: " + std::string(100, 'b') + "\r\n";
    return endless + close;
  }};
  rig fetch;
  for (const auto* path : {"/short", "/unzipped", "/none", "/endless"}) {
    CAPTURE(path);
    CHECK(fetch.fail({{"url", page.url(path)}}) == "protocol");
  }
}

TEST_CASE("a loop that ends drops the fetches that are under way and those that wait") {
  silent quiet;
  auto options = local();
  options.per_host = 1;
  std::vector<pending> calls;
  {
    rig fetch{options};
    for (int i = 0; i < 3; ++i)
      calls.push_back(fetch.start({{"url", quiet.page.url()}}));
    REQUIRE(quiet.is_asked());
  }
  for (auto& call : calls)
    CHECK(call.is_dropped());
}

TEST_CASE("two kinds with other settings do not mix on one loop") {
  server page{[](const server::message&) { return reply("200 OK", ""); }};
  event_loop loop;
  rig open{local(), loop};
  rig closed{{}, loop};
  CHECK(open.fetch(page.url())["status"] == 200);
  CHECK(closed.fail({{"url", page.url()}}) == "blocked");
}
