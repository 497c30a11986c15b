#include "gateway/http/session.hpp"

#include "gateway/http/asking.hpp"
#include "gateway/http/event_stream.hpp"
#include "gateway/http/handshake.hpp"
#include "gateway/http/origin.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/reader.hpp"
#include "gateway/http/request_id.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/http/writer.hpp"

#include <utility>

namespace squall::gateway::http {
namespace {

/// Takes requests one after the other: while one is unanswered nothing is consumed, so a peer that
/// pipelines waits in its own socket. Owned by its connection, lives on its io thread.
class session final : public protocol {
public:
  session(link& connection, context& shared)
      : link_(connection), shared_(shared), reader_(shared.limits),
        asking_(shared, [this](response&& with) { on_answer(std::move(with)); }),
        events_(shared.queues, connection, [this] { on_stream_end(); }) {}
  ~session() override {
    if (open_) --shared_.counts.http_connections;
  }

  void on_open() override;
  std::size_t on_data(std::string_view input) override;
  void on_end() override;
  void on_timer() override;
  void on_drain() override;
  void on_sent() override;

private:
  enum class phase { idle, head, body, waiting, streaming, throttled, over };
  using clock = link::clock;

  void on_answer(response&& with);
  void on_stream_end();
  void on_head(bool body_came);
  void on_request();
  void perform(const route& found);
  void upgrade(const route& found);
  void answer(response&& with);
  void stream(const followed_job& what, const framing& how);
  void refuse(std::uint16_t status, std::string_view detail);
  void finish();
  bool is_busy() const noexcept { return asking_.is_open() || events_.is_open(); }

  phase now_in() const noexcept;
  clock::time_point deadline() const noexcept;
  void on_deadline();
  void arm();

  link& link_;
  context& shared_;
  request_reader reader_;
  std::string made_id_; ///< the present request's, when its client sent none
  asking asking_;       ///< behind the answer to the present request
  event_stream events_; ///< the rest of an answer, before the next request is read
  phase phase_ = phase::idle;
  clock::time_point since_;                            ///< when `phase_` began
  clock::time_point armed_ = clock::time_point::max(); ///< what the link's timer is set to
  bool open_ = false;
  bool progressed_ = false; ///< a request was answered since `arm`
  bool throttled_ = false;  ///< input is left because too much output is unsent
  bool draining_ = false;
  bool ended_ = false;  ///< the peer sends nothing more
  bool closes_ = false; ///< behind the stream
  bool over_ = false;   ///< finished or handed over
};

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
    if (what == request_reader::event::more) break;
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

/// A request's head is good: names it, and says so when its client waits with the body.
void session::on_head(bool body_came) {
  auto& request = reader_.request();
  shared_.counts.http_requests.fetch_add(1, std::memory_order_relaxed);
  if (!is_request_id(request.request_id)) {
    made_id_ = make_request_id();
    request.request_id = made_id_;
  }
  if (!request.expects_continue || !reader_.awaits_body() || body_came) return;
  auto found = find_route(shared_, request);
  if (auto* refused = std::get_if<response>(&found)) {
    refused->close = true; // whether the body comes is not known
    answer(std::move(*refused));
    return;
  }
  link_.outbox() += "HTTP/1.1 100 Continue\r\n\r\n";
  link_.send_soon();
}

void session::on_request() {
  auto& request = reader_.request();
  auto found = find_route(shared_, request);
  if (auto* refused = std::get_if<response>(&found))
    answer(std::move(*refused));
  else if (request.websocket_upgrade)
    upgrade(*std::get<const route*>(found));
  else
    perform(*std::get<const route*>(found));
}

void session::perform(const route& found) {
  auto reply = found.handle(shared_, reader_.request());
  if (auto* done = std::get_if<response>(&reply))
    answer(std::move(*done));
  else
    asking_.begin(std::move(reply), reader_.request(), link_.id());
}

void session::upgrade(const route& found) {
  auto refused = refuse_upgrade(shared_, reader_.request(), found);
  if (refused) {
    answer(std::move(*refused));
    return;
  }
  over_ = true;
  link_.upgrade(reader_.hand_over(shared_, link_, *found.websocket));
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
  events_.begin(what, !how.http_1_0);
  if (!draining_) return;
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
  if (events_.is_open()) {
    events_.end();
    finish();
  }
  if (now_in() == phase::idle) finish();
}

session::phase session::now_in() const noexcept {
  if (over_) return phase::over;
  if (asking_.is_open()) return phase::waiting;
  if (events_.is_open()) return phase::streaming;
  if (throttled_) return phase::throttled;
  switch (reader_.where()) {
  case request_reader::phase::head:
    return phase::head;
  case request_reader::phase::body:
    return phase::body;
  default:
    return phase::idle;
  }
}

session::clock::time_point session::deadline() const noexcept {
  switch (phase_) {
  case phase::idle:
    return since_ + shared_.limits.idle_timeout;
  case phase::head:
    return since_ + shared_.limits.header_timeout;
  case phase::body:
    return since_ + shared_.limits.body_timeout;
  case phase::streaming:
    return since_ + keep_alive_interval;
  default:
    return clock::time_point::max();
  }
}

/// Sets the link's timer only when it would come too late: one that comes too early finds out.
void session::arm() {
  const auto present = now_in();
  if (present != phase_ || progressed_) since_ = link_.now();
  phase_ = present;
  progressed_ = false;
  const auto when = deadline();
  if (when >= armed_) return;
  armed_ = when;
  link_.set_timer(when);
}

void session::on_deadline() {
  if (phase_ == phase::head) return refuse(408, "the header did not come in time");
  if (phase_ == phase::body) return refuse(408, "the body did not come in time");
  if (phase_ != phase::streaming) return finish();
  events_.keep_alive();
  progressed_ = true;
}

void session::on_timer() {
  armed_ = clock::time_point::max();
  if (link_.now() >= deadline()) on_deadline();
  arm();
}

} // namespace

std::unique_ptr<protocol> make_session(link& connection, context& shared) {
  return std::make_unique<session>(connection, shared);
}

} // namespace squall::gateway::http
