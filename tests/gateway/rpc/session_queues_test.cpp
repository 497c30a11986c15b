#include "gateway/rpc/session.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/rpc_rig.hpp"

using namespace squall;
using tests::code_of;
using tests::json;
using tests::message_of;
using tests::rpc_rig;
using leases = std::vector<std::string>;

namespace {

std::string call(int id, const std::string& method, const std::string& params) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
         R"(","params":)" + params + "}";
}

std::string lease(int id, const std::string& more = {}) {
  return call(id, "queue.lease", R"({"queue":"q")" + more + "}");
}

} // namespace

TEST_CASE("an answer of a queue is the response to its request") {
  rpc_rig rig;
  CHECK(rig.ask(call(1, "queue.put", R"({"queue":"q","item":{"body": {"b":1}}})")).empty());
  CHECK(rig.session->open() == 1);
  CHECK(rig.queues.oldest().items.at(0).body == R"({"b":1})");
  proto::queue_answer put;
  put.ids = {3};
  rig.queues.answer(put);
  CHECK(rig.port.take() == leases{R"({"jsonrpc":"2.0","id":1,"result":{"ids":["3"]}})"});
  CHECK(rig.session->open() == 0);
  rig.ask(lease(2));
  rig.queues.answer();
  CHECK(rig.port.take() == leases{R"({"jsonrpc":"2.0","id":2,"result":null})"});
  rig.ask(call(3, "queue.ack", R"({"lease":"x"})"));
  rig.queues.answer();
  CHECK(rig.port.take() == leases{R"({"jsonrpc":"2.0","id":3,"result":true})"});
  rig.ask(call(4, "queue.ack", R"({"lease":"x"})"));
  rig.queues.answer(proto::errc::lease_lost, "gone");
  const auto lost = json::parse(rig.port.take().at(0));
  CHECK(code_of(lost) == -32012);
  CHECK(message_of(lost) == "gone");
}

TEST_CASE("leases of a connection go back with it, once there were any") {
  rpc_rig rig;
  rig.ask(lease(1, R"(,"detach":true)"));
  CHECK(rig.queues.oldest().holder == 0);
  rig.queues.answer();
  rig.session.reset();
  CHECK(rig.queues.ended.empty());

  rpc_rig holding;
  holding.ask(lease(1));
  CHECK(holding.queues.oldest().holder == holding.port.connection());
  holding.queues.answer_items({"1"});
  holding.session.reset();
  CHECK(holding.queues.ended == std::vector{holding.port.connection()});
}

TEST_CASE("a detached item that was not sent goes back with the connection") {
  rpc_rig rig;
  rig.ask(lease(1, R"(,"detach":true)"));
  rig.queues.answer_items({"1"});
  rig.session->on_sent();
  rig.ask(lease(2, R"(,"detach":true)"));
  rig.queues.answer_items({"1", "2"});
  rig.session.reset();
  CHECK(rig.queues.released == leases{"lease 1", "lease 2"});
}

TEST_CASE("a detached item in a batch is not sent before the batch is") {
  const auto batch = "[" + lease(1, R"(,"detach":true)") + "," + lease(2) + "]";
  rpc_rig rig;
  rig.ask(batch);
  rig.queues.answer_items({"1"});
  rig.session->on_sent();
  rig.session.reset();
  CHECK(rig.queues.released == leases{"lease 1"});

  rpc_rig whole;
  whole.ask(batch);
  whole.queues.answer_items({"1"});
  whole.queues.answer();
  whole.session->on_sent();
  whole.session.reset();
  CHECK(whole.queues.released.empty());
}

TEST_CASE("a notification that leases gives the items back") {
  rpc_rig rig;
  rig.ask(R"({"jsonrpc":"2.0","method":"queue.lease","params":{"queue":"q"}})");
  rig.queues.answer_items({"1"});
  CHECK(rig.queues.released == leases{"lease 1"});
  CHECK(rig.port.take().empty());
}

TEST_CASE("a request that waits at a queue can be cancelled, and goes with its connection") {
  rpc_rig rig;
  rig.ask(lease(1));
  rig.ask(lease(2));
  const auto answers = rig.ask(call(3, "cancel", R"({"id":1})"));
  REQUIRE(answers.size() == 2);
  CHECK(code_of(json::parse(answers[0])) == -32003);
  CHECK(rig.queues.taken_back.size() == 1);
  CHECK(rig.calls.cancelled.empty());
  rig.session.reset();
  CHECK(rig.queues.taken_back.size() == 2);
}

TEST_CASE("a job is submitted, and waited for when its client wants that") {
  const auto id = proto::make_job_id(1, 2, 3);
  proto::queue_answer answer;
  auto& job = answer.jobs.emplace_back();
  job.id = id;
  job.kind = "k";
  rpc_rig rig;
  rig.ask(call(1, "jobs.submit", R"({"kind":"k","params":{"n": 1}})"));
  CHECK(rig.queues.oldest().items.at(0).body == R"({"n": 1})");
  rig.queues.answer(answer);
  CHECK(json::parse(rig.port.take().at(0))["result"]["id"] == to_text(id));

  rig.ask(call(2, "jobs.submit", R"({"kind":"k","wait_ms":9})"));
  job.existed = true;
  rig.queues.answer(answer);
  CHECK(rig.port.take().empty());
  CHECK(rig.session->open() == 1);
  CHECK(rig.queues.oldest().op == proto::queue_op::job_get);
  CHECK(rig.queues.oldest().timeout_ms == 9);
  job.existed = false;
  job.state = proto::item_state::done;
  job.result = "[1 ]";
  rig.queues.answer(answer);
  const auto text = rig.port.take().at(0);
  CHECK(text.find(R"("result":[1 ])") != std::string::npos);
  CHECK(json::parse(text)["result"]["existed"] == true);
  CHECK(rig.session->open() == 0);

  rig.ask(call(3, "jobs.submit", R"({"kind":"k","wait_ms":9})"));
  rig.queues.answer(proto::errc::unavailable, "no");
  CHECK(code_of(json::parse(rig.port.take().at(0))) == -32004);
  rig.ask(call(4, "jobs.submit", R"({"kind":"k","wait_ms":9})"));
  rig.queues.answer(answer);
  rig.session.reset();
  CHECK(rig.queues.taken_back.size() == 1);
}

TEST_CASE("a job that nobody can have submitted is not found") {
  rpc_rig rig;
  CHECK(code_of(rig.ask_json(call(1, "jobs.get", R"({"id":"x"})"))) == -32011);
  CHECK(message_of(rig.ask_json(call(2, "jobs.run", "{}")))
            .starts_with(R"(no method "jobs.run"; there are jobs.submit, jobs.get, jobs.)"));
  CHECK(rig.queues.open.empty());
}

TEST_CASE("wrong params and unknown methods of queues are refused by name") {
  rpc_rig rig;
  const auto wrong = rig.ask_json(call(1, "queue.lease", R"({"queue":"q","max":0})"));
  CHECK(code_of(wrong) == -32602);
  CHECK(message_of(wrong) == "max: an integer from 1 to 1000 is needed");
  const auto unknown = rig.ask_json(call(2, "queue.get", "{}"));
  CHECK(code_of(unknown) == -32601);
  CHECK(message_of(unknown).starts_with(
      R"(no method "queue.get"; there are queue.create, queue.list, )"));
  CHECK(rig.queues.open.empty());
}

TEST_CASE("a connection that drains begins nothing at queues, but takes what is leased back") {
  rpc_rig rig;
  rig.session->on_drain();
  CHECK(code_of(rig.ask_json(lease(1))) == -32004);
  CHECK(code_of(rig.ask_json(call(2, "jobs.submit", R"({"kind":"k"})"))) == -32004);
  rig.ask(call(3, "queue.ack", R"({"lease":"x"})"));
  rig.ask(call(4, "jobs.list", "{}"));
  CHECK(rig.queues.open.size() == 2);
}
