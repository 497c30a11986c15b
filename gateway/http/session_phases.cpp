#include "gateway/http/session_class.hpp"

namespace squall::gateway::http {

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

} // namespace squall::gateway::http
