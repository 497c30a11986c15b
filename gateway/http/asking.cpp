#include "gateway/http/asking.hpp"

#include "gateway/http/problem.hpp"
#include "gateway/rpc/json_text.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace squall::gateway::http {
namespace {

/// Most bytes of a client's or a kind's text in one line of the log.
constexpr std::size_t logged_bytes = 512;
constexpr std::uint64_t no_tag = 0; ///< one thing is asked at a time

/// Others are answered at once, whatever their `timeout_ms` says.
bool may_wait(const proto::queue_request& request) {
  using enum proto::queue_op;
  const bool can =
      request.op == put || request.op == lease || request.op == join || request.op == job_get;
  return can && request.timeout_ms > 0;
}

} // namespace

asking::asking(const context& shared, answered done)
    : shared_{shared}, done_{std::move(done)}, leases_{shared.queues} {}

void asking::begin(reply&& what, const request& to, std::uint64_t connection) {
  to_ = &to;
  connection_ = connection;
  ask(std::move(what));
}

void asking::ask(reply&& what) {
  if (auto* call = std::get_if<call_request>(&what)) {
    call->connection = connection_;
    content_type_ = application_json;
    call_ = shared_.calls.submit(std::move(*call), *this, no_tag);
  } else if (auto* view = std::get_if<rendering>(&what)) {
    content_type_ = view->content_type;
    call_ = shared_.calls.inspect(std::move(view->render), *this, no_tag);
  } else {
    auto& question = std::get<queue_question>(what);
    then_ = std::move(question.then);
    question_waits_ = may_wait(question.request);
    question_ = shared_.queues.ask(std::move(question.request), *this, no_tag);
  }
}

void asking::take_back() {
  if (call_ != 0) shared_.calls.cancel(std::exchange(call_, 0));
  if (question_ != 0) shared_.queues.take_back(std::exchange(question_, 0));
}

void asking::on_answer(std::uint64_t, proto::result&& result) {
  call_ = 0;
  if (result.code != proto::errc::none) return refuse(result.code, result.body, result.data);
  response good;
  good.content_type = content_type_;
  good.body = std::move(result.body);
  done_(std::move(good));
}

void asking::on_queue_answer(std::uint64_t, proto::queue_answer&& answer) {
  question_ = 0;
  if (answer.code != proto::errc::none) return refuse(answer.code, answer.message);
  auto next = then_(answer);
  leases_.add(std::move(answer.items));
  if (auto* done = std::get_if<response>(&next))
    done_(std::move(*done));
  else
    ask(std::move(next));
}

void asking::refuse(proto::errc code, std::string_view why, std::string_view data) {
  if (code == proto::errc::internal)
    spdlog::error("request {} to {} failed: {}", to_->request_id,
                  rpc::shortened(to_->path, logged_bytes), rpc::shortened(why, logged_bytes));
  done_(make_problem(*to_, code, why, data));
}

} // namespace squall::gateway::http
