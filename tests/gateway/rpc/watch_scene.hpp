#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/rpc_rig.hpp"

#include <iterator>

/// What tests of subscriptions to jobs say and hear.
namespace squall::tests {

using proto::item_state;

inline proto::job_id job_of(std::uint64_t item) {
  return proto::make_job_id(1'700'000'000'000, 5, item);
}

inline proto::queue_answer job(std::uint64_t item, item_state state, std::uint64_t changes) {
  proto::queue_answer answer;
  auto& job = answer.jobs.emplace_back();
  job.id = job_of(item);
  job.kind = "k";
  job.state = state;
  job.changes = changes;
  job.params = "{}";
  return answer;
}

inline std::string call(int id, const std::string& method, const std::string& params) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
         R"(","params":)" + params + "}";
}

inline std::string about(std::uint64_t item) {
  return R"({"id":")" + to_text(job_of(item)) + R"("})";
}

inline constexpr const char* mine = R"({"mine":true})";
inline constexpr const char* one_job = R"({"kind":"k"})";

/// The one message that was sent.
inline json sent(rpc_rig& rig) {
  const auto all = rig.port.take();
  REQUIRE(all.size() == 1);
  return json::parse(all[0]);
}

/// The state of the job in the one notification that was sent.
inline std::string told(rpc_rig& rig) {
  const auto message = sent(rig);
  CHECK_FALSE(message.contains("id"));
  CHECK(message["method"] == "job.updated");
  return message["params"]["state"];
}

/// Answers what was asked last: what is waited for is older.
inline void answer_newest(rpc_rig& rig, proto::queue_answer with) {
  auto newest = rig.queues.open.extract(std::prev(rig.queues.open.end()));
  auto& [request, sink, tag] = newest.mapped();
  with.op = request.op;
  sink->on_queue_answer(tag, std::move(with));
}

inline void subscribe(rpc_rig& rig, std::uint64_t item, std::uint64_t changes = 1) {
  rig.ask(call(1, "jobs.subscribe", about(item)));
  answer_newest(rig, job(item, item_state::ready, changes));
  rig.port.take();
}

inline void submit(rpc_rig& rig, std::uint64_t item) {
  rig.ask(call(1, "jobs.submit", one_job));
  answer_newest(rig, job(item, item_state::ready, 1));
  rig.port.take();
}

} // namespace squall::tests
