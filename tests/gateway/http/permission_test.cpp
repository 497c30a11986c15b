#include "gateway/http/permission.hpp"

#include "gateway/latest.hpp"
#include "tests/gateway/http/client.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall;
using namespace squall::tests;
using gateway::access::token;
using gateway::access::token_table;

namespace {

const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                            "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// One token of each scope; its text is the scope itself.
std::shared_ptr<gateway::latest<token_table>> one_each() {
  std::vector<token> all;
  for (const auto* scope : {"call:prime", "call:*", "jobs:read", "jobs:write", "queues:q",
                            "queues:*", "schedules:*", "cluster:read", "admin"}) {
    auto& each = all.emplace_back();
    each.name = "t" + std::to_string(all.size());
    each.secret = gateway::access::digest_of(scope);
    REQUIRE_FALSE(each.may.add(scope));
  }
  return std::make_shared<gateway::latest<token_table>>(
      std::make_shared<const token_table>(std::move(all)));
}

struct guarded : http_client {
  guarded() {
    limits.tokens = one_each();
    shared.guard = gateway::access::guard{limits.tokens.get(), counts.refused};
  }
  void revoke_all() {
    limits.tokens->put(std::make_shared<const token_table>(std::vector<token>{}));
    session->on_access_changed();
  }
  /// A request that is not answered yet.
  void begin(const std::string& request_line, const std::string& secret,
             const std::string& more = {}) {
    send(request_line + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + secret + "\r\n" + more +
         "\r\n");
    REQUIRE(link.sent.empty());
  }
};

const auto job_id = proto::make_job_id(1'700'000'000'000, 5, 7);

/// A job that waits.
proto::queue_answer waiting_job() {
  proto::queue_answer answer;
  auto& job = answer.jobs.emplace_back();
  job.id = job_id;
  job.kind = "k";
  job.state = proto::item_state::ready;
  job.changes = 1;
  return answer;
}

/// The status of a request with that token. 0: it was let through and waits for an answer.
int status_of(const std::string& method, const std::string& target, const std::string& secret) {
  guarded client;
  client.know("prime", true);
  const auto bearer = secret.empty() ? "" : "Authorization: Bearer " + secret + "\r\n";
  client.send(method + " " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n" + bearer +
              "\r\n{}");
  return client.link.sent.empty() ? 0 : take_answer(client.link.sent, method == "HEAD").status;
}

bool is_let_through(const std::string& method, const std::string& target,
                    const std::string& secret) {
  const auto status = status_of(method, target, secret);
  return status != 401 && status != 403;
}

} // namespace

TEST_CASE("each route wants its own scope, and admin is good for all") {
  struct row {
    const char* method;
    const char* target;
    const char* scope;
    const char* other;
  };
  const auto rows = {row{"POST", "/v1/call/prime", "call:prime", "jobs:write"},
                     row{"POST", "/v1/call/sleep", "call:*", "call:prime"},
                     row{"GET", "/v1/kinds", "cluster:read", "call:*"},
                     row{"GET", "/v1/cluster", "cluster:read", "jobs:read"},
                     row{"GET", "/metrics", "cluster:read", "queues:*"},
                     row{"GET", "/v1/queues", "queues:*", "queues:q"},
                     row{"PUT", "/v1/queues/q", "queues:q", "jobs:write"},
                     row{"PUT", "/v1/queues/r", "queues:*", "queues:q"},
                     row{"POST", "/v1/queues/q/lease", "queues:q", "schedules:*"},
                     row{"POST", "/v1/leases/l/ack", "queues:q", "call:*"},
                     row{"GET", "/v1/jobs", "jobs:read", "jobs:write"},
                     row{"POST", "/v1/jobs", "jobs:write", "jobs:read"},
                     row{"DELETE", "/v1/jobs/1", "jobs:write", "jobs:read"},
                     row{"GET", "/v1/jobs/1/events", "jobs:read", "jobs:write"},
                     row{"GET", "/v1/schedules", "schedules:*", "jobs:read"},
                     row{"POST", "/v1/schedules/s/pause", "schedules:*", "jobs:write"}};
  for (const auto& [method, target, scope, other] : rows) {
    CAPTURE(method, target);
    CHECK(is_let_through(method, target, scope));
    CHECK(is_let_through(method, target, "admin"));
    CHECK(status_of(method, target, other) == 403);
    CHECK(status_of(method, target, "unknown") == 401);
    CHECK(status_of(method, target, "") == 401);
  }
}

TEST_CASE("what says nothing of the cluster is open to all") {
  for (const auto* target : {"/hello", "/livez", "/healthz", "/readyz", "/openapi.json", "/"}) {
    CAPTURE(target);
    CHECK(is_let_through("GET", target, ""));
    CHECK(is_let_through("HEAD", target, "unknown"));
  }
  CHECK(status_of("GET", "/nothing", "") == 404);
  CHECK(status_of("OPTIONS", "/v1/cluster", "") == 204);
}

TEST_CASE("a refusal says what is needed, and how to show it") {
  guarded client;
  auto answer = client.get("/v1/cluster");
  CHECK(answer.status == 401);
  CHECK(answer.header("www-authenticate") == R"(Bearer realm="squall")");
  CHECK(nlohmann::json::parse(answer.body).at("code") == "unauthorized");
  answer = client.get("/v1/cluster", "Authorization: Bearer nobody\r\n");
  CHECK(answer.status == 401);
  CHECK(answer.header("www-authenticate") == R"(Bearer realm="squall", error="invalid_token")");
  CHECK(answer.body.find("nobody") == std::string::npos);
  answer = client.get("/v1/cluster", "Authorization: bearer jobs:read\r\n");
  CHECK(answer.status == 403);
  CHECK(answer.header("www-authenticate") ==
        R"(Bearer realm="squall", error="insufficient_scope", scope="cluster:read")");
  CHECK(nlohmann::json::parse(answer.body).at("code") == "forbidden");
  CHECK(client.counts.refused[1] == 1);
  CHECK(client.counts.refused[2] == 1);
  CHECK(client.counts.refused[4] == 1);
}

TEST_CASE("what fails in the store is told to nobody who has no token to show") {
  guarded client;
  proto::store_report store;
  store.trouble = "db.internal does not answer";
  client.counts.store = [&store] { return store; };
  const auto answer = client.get("/readyz");
  CHECK(answer.status == 503);
  CHECK(answer.body.find("the store of the queues fails") != std::string::npos);
  CHECK(answer.body.find("db.internal") == std::string::npos);
}

TEST_CASE("a request that waits to send its body is refused before it does") {
  guarded client;
  client.send("POST /v1/jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nExpect: "
              "100-continue\r\n\r\n");
  CHECK(take_answer(client.link.sent).status == 401);
  CHECK(client.link.finished);
  CHECK(client.counts.refused[1] == 1);
}

TEST_CASE("a request that nobody may make is answered before its body has come, and ends it all") {
  guarded client;
  client.send("POST /v1/jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n{");
  const auto answer = take_answer(client.link.sent);
  CHECK(answer.status == 401);
  CHECK(answer.header("connection") == "close");
  CHECK(client.link.finished);

  guarded other;
  other.send("POST /v1/jobs HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer jobs:read\r\n"
             "Transfer-Encoding: chunked\r\n\r\n");
  CHECK(take_answer(other.link.sent).status == 403);
  CHECK(other.link.finished);
}

TEST_CASE("a refused request whose body came with it leaves its connection open") {
  guarded client;
  CHECK(client.post("/v1/jobs", "{}").status == 401);
  CHECK_FALSE(client.link.finished);
  CHECK(client.get("/hello").status == 200);
  CHECK(client.counts.refused[1] == 1);
}

TEST_CASE("whoever waits under a token that is revoked is answered 401") {
  guarded client;
  SECTION("for a call") {
    client.know("prime", true);
    client.begin("GET /v1/call/prime?n=97", "call:prime");
    client.revoke_all();
    CHECK(client.calls.cancelled.size() == 1);
  }
  SECTION("for an item") {
    client.begin("POST /v1/queues/q/lease?timeout_ms=9000", "queues:q");
    client.revoke_all();
    CHECK(client.queues.taken_back.size() == 1);
  }
  CHECK(take_answer(client.link.sent).status == 401);
  CHECK_FALSE(client.link.finished);
  client.offer();
  CHECK(client.get("/hello").status == 200);
}

TEST_CASE("a body that comes slowly is not waited for when its token is revoked") {
  guarded client;
  client.begin("POST /v1/jobs", "jobs:write", "Content-Length: 9\r\n");
  client.revoke_all();
  CHECK(take_answer(client.link.sent).status == 401);
  CHECK(client.link.finished);
}

TEST_CASE("what a queue does at once is answered, whatever has become of the token") {
  guarded client;
  client.begin("POST /v1/queues/q/pause", "queues:q");
  client.revoke_all();
  CHECK(client.link.sent.empty());
  client.queues.answer();
  CHECK(take_answer(client.link.sent).status == 204);
}

TEST_CASE("events end when the token that they are told under is revoked") {
  guarded client;
  client.begin("GET /v1/jobs/" + to_text(job_id) + "/events", "jobs:read");
  client.queues.answer(waiting_job());
  client.sent();
  client.session->on_access_changed();
  CHECK_FALSE(client.link.finished);
  client.link.sent.clear();
  client.revoke_all();
  CHECK(client.link.sent == "0\r\n\r\n");
  CHECK(client.link.finished);
  CHECK(client.queues.open.empty());

  guarded late; // revoked before the stream has begun
  late.begin("GET /v1/jobs/" + to_text(job_id) + "/events", "jobs:read");
  late.revoke_all();
  late.queues.answer(waiting_job());
  CHECK(late.link.sent.ends_with("0\r\n\r\n"));
  CHECK(late.link.finished);
}

TEST_CASE(
    "a WebSocket of integers needs its token in the handshake, JSON-RPC's may show it later") {
  const auto upgraded = [](const std::string& target, const std::string& more) {
    guarded client;
    client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + upgrade + more + "\r\n");
    return client.upgraded.has_value();
  };
  CHECK_FALSE(upgraded("/ws/prime", ""));
  CHECK_FALSE(upgraded("/ws/prime", "Sec-WebSocket-Protocol: squall.v1, bearer.jobs:read\r\n"));
  CHECK(upgraded("/ws/prime", "Sec-WebSocket-Protocol: squall.v1, bearer.call:prime\r\n"));
  CHECK(upgraded("/ws/prime", "Authorization: Bearer call:*\r\n"));
  CHECK(upgraded("/v1/ws", ""));
  CHECK(upgraded("/v1/ws", "Authorization: Bearer jobs:read\r\n"));
  CHECK_FALSE(upgraded("/v1/ws", "Authorization: Bearer unknown\r\n"));
  CHECK(upgraded("/ws/echo", ""));
}
