#include "gateway/http/session.hpp"

#include "gateway/http/handshake.hpp"
#include "gateway/http/origin.hpp"
#include "gateway/http/permission.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/request_id.hpp"
#include "gateway/http/session_class.hpp"

#include <utility>

namespace squall::gateway::http {
namespace {

/// What following a job needs.
constexpr access::need to_follow{access::area::jobs_read};

bool is_denial(const response& answer) {
  return answer.status == 401 || answer.status == 403;
}

} // namespace

void session::on_open() {
  open_ = true;
  ++shared_.counts.http_connections;
  since_ = link_.now();
  if (shared_.calls.draining()) draining_ = true;
  arm();
}

std::size_t session::on_data(std::string_view input) {
  std::size_t used = 0;
  throttled_ = false;
  while (!is_busy() && !over_) {
    if (link_.outbox().size() > shared_.limits.max_outbox_bytes) {
      throttled_ = true;
      break;
    }
    const auto [what, consumed] = reader_.read(input.substr(used));
    used += consumed;
    if (what == request_reader::event::more) {
      on_body_missing();
      break;
    }
    if (what == request_reader::event::head)
      on_head(used < input.size());
    else if (what == request_reader::event::complete)
      on_request();
    else
      refuse(reader_.why().status, reader_.why().detail);
  }
  if (ended_ && !throttled_ && !is_busy() && !over_) finish();
  if (draining_ && now_in() == phase::idle) finish();
  arm();
  return used;
}

/// A request's head is good: names it, finds out what becomes of it, and says so when its client
/// waits with the body.
void session::on_head(bool body_came) {
  auto& request = reader_.request();
  shared_.counts.http_requests.fetch_add(1, std::memory_order_relaxed);
  if (!is_request_id(request.request_id)) {
    made_id_ = make_request_id();
    request.request_id = made_id_;
  }
  request.peer = link_.peer();
  auto found = find_route(shared_, request);
  refused_.reset();
  route_ = nullptr;
  if (auto* const refused = std::get_if<response>(&found))
    refused_.emplace(std::move(*refused));
  else
    route_ = *std::get_if<const route*>(&found);
  if (!request.expects_continue || !reader_.awaits_body() || body_came) return;
  if (refused_) {
    refused_->close = true; // whether the body comes is not known
    return answer(*std::exchange(refused_, std::nullopt));
  }
  link_.outbox() += "HTTP/1.1 100 Continue\r\n\r\n";
  link_.send_soon();
}

/// The body, or the rest of it, did not come with the head. Whoever may do nothing is not to fill
/// the memory: told so at once, and the connection ends with it (RFC 9112, 9.3).
void session::on_body_missing() {
  if (!refused_ || !is_denial(*refused_) || !reader_.awaits_body()) return;
  refused_->close = true;
  answer(*std::exchange(refused_, std::nullopt));
}

void session::on_request() {
  if (refused_)
    answer(*std::exchange(refused_, std::nullopt));
  else if (reader_.request().websocket_upgrade)
    upgrade();
  else
    perform();
}

void session::perform() {
  auto reply = route_->handle(shared_, reader_.request());
  if (auto* done = std::get_if<response>(&reply))
    answer(std::move(*done));
  else
    asking_.begin(std::move(reply), reader_.request(), link_.id());
}

void session::upgrade() {
  auto refused = refuse_upgrade(shared_, reader_.request(), *route_);
  if (refused) {
    answer(std::move(*refused));
    return;
  }
  over_ = true;
  link_.upgrade(reader_.hand_over(shared_, link_, *route_->websocket));
}

void session::on_answer(response&& with) {
  answer(std::move(with));
  arm();
  if (!over_) link_.resume();
}

void session::answer(response&& with) {
  const auto& request = reader_.request();
  add_cors(shared_.limits, request, with);
  framing how;
  how.without_body = request.method == method_head;
  how.http_1_0 = request.http_1_0;
  how.keep_alive = request.keep_alive && !with.close && !draining_ && !shared_.counts.leaving;
  how.request_id = request.request_id;
  write_response(link_.outbox(), with, how);
  link_.send_soon();
  progressed_ = true;
  const bool goes_on = with.follow && !how.without_body;
  if (goes_on) stream(*with.follow, how);
  reader_.next();
  if (!goes_on && !how.keep_alive) finish();
}

/// Goes on with the body of the answer that was begun. Whoever drains tells its clients to look
/// elsewhere.
void session::stream(const followed_job& what, const framing& how) {
  closes_ = !how.keep_alive;
  follower_ = visitor_of(shared_, reader_.request());
  events_.begin(what, !how.http_1_0);
  if (draining_ || follower_->judge(to_follow) != access::verdict::allowed) end_stream();
}

void session::end_stream() {
  events_.end();
  finish();
}

void session::on_stream_end() {
  if (closes_) finish();
  arm();
  if (!over_) link_.resume();
}

void session::refuse(std::uint16_t status, std::string_view detail) {
  auto& request = reader_.request();
  if (!is_request_id(request.request_id)) {
    made_id_ = make_request_id();
    request.request_id = made_id_;
  }
  auto problem = make_problem(request, status, detail);
  problem.close = true;
  answer(std::move(problem));
}

/// Leases that are on their way to the client go back with the session: it stays until they were
/// sent.
void session::finish() {
  over_ = true;
  if (!asking_.holds_leases()) link_.finish();
}

void session::on_sent() {
  const bool was_held = asking_.holds_leases();
  asking_.sent();
  if (over_ && was_held) link_.finish();
  if (throttled_) link_.resume();
  events_.go_on();
}

void session::on_end() {
  ended_ = true;
  if (over_ || throttled_) return;
  asking_.take_back();
  events_.take_back();
  finish();
}

void session::on_drain() {
  draining_ = true;
  if (events_.is_open()) end_stream();
  if (now_in() == phase::idle) finish();
}

void session::on_access_changed() {
  if (over_ || throttled_) return; // what was answered is sent
  if (events_.is_open()) {
    if (follower_->judge(to_follow) != access::verdict::allowed) end_stream();
  } else if (route_ && (asking_.waits() || reader_.awaits_body())) {
    auto refused = refuse_access(shared_, reader_.request(), *route_);
    if (!refused) return;
    refused->close = reader_.awaits_body();
    asking_.take_back();
    on_answer(std::move(*refused));
  }
}

std::unique_ptr<protocol> make_session(link& connection, context& shared) {
  return std::make_unique<session>(connection, shared);
}

} // namespace squall::gateway::http
