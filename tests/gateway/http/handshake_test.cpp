#include "gateway/http/handshake.hpp"

#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace squall;
using client = tests::http_client;
using gateway::http::endpoint;

namespace {

constexpr auto key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

std::string upgrade(const std::string& path, const std::string& headers = key,
                    const std::string& version = "13") {
  return "GET " + path +
         " HTTP/1.1\r\nHost: H:80\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
         "Sec-WebSocket-Version: " + version + "\r\n" + headers + "\r\n";
}

} // namespace

TEST_CASE("a handshake is handed over with exactly its bytes") {
  for (auto [path, which] :
       {std::pair("/v1/ws", endpoint::json_rpc), std::pair("/ws/prime", endpoint::prime),
        std::pair("/ws/echo", endpoint::echo)}) {
    client c;
    c.send(upgrade(path) + "frame");
    CHECK(c.upgraded == which);
    CHECK(c.unconsumed == "frame");
    CHECK(c.link.sent.empty());
  }
}

TEST_CASE("a handshake of another version is told ours") {
  client c;
  const auto answer = c.ask(upgrade("/v1/ws", key, "99"));
  CHECK(answer.status == 426);
  CHECK(answer.header("sec-websocket-version") == "13");
  CHECK(answer.header("upgrade") == "websocket");
  CHECK_FALSE(c.upgraded);
}

TEST_CASE("a handshake without a key, or with a bad one, is refused") {
  client c;
  CHECK(c.ask(upgrade("/v1/ws", "")).status == 400);
  CHECK(c.ask(upgrade("/v1/ws", "Sec-WebSocket-Key: short\r\n")).status == 400);
}

TEST_CASE("a page of another origin may connect only when it is listed") {
  const auto opens = [](const std::string& origin, std::vector<std::string> listed = {}) {
    client c;
    c.limits.origins = std::move(listed);
    c.send(upgrade("/v1/ws", key + ("Origin: " + origin + "\r\n")));
    if (!c.upgraded) CHECK(tests::take_answer(c.link.sent).status == 403);
    return c.upgraded.has_value();
  };
  CHECK(opens("http://h:80"));
  CHECK(opens("http://H:80"));
  CHECK_FALSE(opens("http://h"));
  CHECK_FALSE(opens("http://evil:80"));
  CHECK_FALSE(opens("null"));
  CHECK(opens("https://other", {"https://other"}));
  CHECK(opens("https://any", {"*"}));
}

TEST_CASE("an upgrade elsewhere is 404, while draining 503, and a plain GET is told to upgrade") {
  client c;
  CHECK(c.ask(upgrade("/hello")).status == 404);
  const auto plain = c.get("/v1/ws");
  CHECK(plain.status == 426);
  CHECK(plain.header("upgrade") == "websocket");
  CHECK(plain.header("connection") == "Upgrade");
  CHECK(c.post("/v1/ws", "").status == 405);
  c.calls.drains = true;
  CHECK(c.ask(upgrade("/v1/ws")).status == 503);
  CHECK_FALSE(c.upgraded);
}
