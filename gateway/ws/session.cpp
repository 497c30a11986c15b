#include "gateway/ws/session.hpp"

#include <algorithm>
#include <utility>

namespace squall::gateway::ws {
namespace {

/// RFC 6455, section 7.4.1.
constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t policy_violation = 1008;

} // namespace

session::session(link& link, const settings& settings, limits limits, counters& counters,
                 handshake request, codec::options options, const dialect_factory& make_dialect)
    : link_{link}, settings_{settings}, full_{limits}, limits_{limits}, counters_{counters},
      request_{std::move(request)}, codec_{options, link.outbox()}, dialect_{make_dialect(*this)},
      heard_{link.now()} {
  ++counters_.websocket_connections;
}

session::~session() {
  dialect_.reset(); // cancels its calls while the rest of the session is whole
  --counters_.websocket_connections;
}

void session::on_open() {
  const bool accepted = codec_.accept(std::exchange(request_, {}));
  link_.send_soon();
  if (!accepted) return finish();
  ping_at_ = link_.now() + settings_.ping_interval;
  if (!dialect_->is_known()) {
    known_until_ = link_.now() + stranger_time;
    set_limits({std::min(full_.max_message_bytes, of_strangers.max_message_bytes),
                std::min(full_.max_outbox_bytes, of_strangers.max_outbox_bytes)});
  }
  arm();
}

void session::set_limits(limits to) {
  limits_ = to;
  codec_.limit(to.max_message_bytes, to.max_outbox_bytes);
}

/// A client that nobody knew may have shown who it is.
void session::get_to_know() {
  if (known_until_ == link::clock::time_point::max() || !dialect_->is_known()) return;
  known_until_ = link::clock::time_point::max();
  set_limits(full_);
}

std::size_t session::on_data(std::string_view input) {
  if (finished_) return input.size();
  heard_ = link_.now();
  const auto consumed = codec_.feed(input, *this);
  if (finished_) return input.size();
  if (!codec_.is_open()) { // closed by the peer, or a protocol error: the codec has answered
    finish();
    return input.size();
  }
  if (!link_.outbox().empty()) link_.send_soon(); // pongs
  return consumed;
}

void session::on_message(std::string_view message, bool is_text) {
  if (finished_) return;
  counters_.websocket_messages.fetch_add(1, std::memory_order_relaxed);
  dialect_->on_message(message, is_text);
  if (!finished_) get_to_know();
}

void session::on_end() {
  link_.abort();
}

void session::arm() {
  link_.set_timer(std::min(ping_at_, known_until_));
}

void session::on_timer() {
  if (link_.now() >= known_until_) return refuse("no token was shown in time");
  if (link_.now() < ping_at_) return arm();
  const auto silent = link_.now() - heard_;
  if (silent >= settings_.ping_interval + settings_.pong_timeout) return link_.abort();
  codec_.ping();
  link_.send_soon();
  ping_at_ = link_.now() + settings_.ping_interval;
  arm();
}

void session::on_drain() {
  draining_ = true;
  dialect_->on_drain();
  answered();
}

void session::on_access_changed() {
  if (!finished_) dialect_->on_access_changed();
}

void session::refuse(std::string_view why) {
  close(policy_violation, why);
}

void session::answered() {
  if (draining_ && dialect_->open() == 0) close(going_away, "the gateway drains");
}

void session::transmit(std::string_view message, bool as_text) {
  if (finished_ || !codec_.is_open()) return;
  if (link_.outbox().size() > limits_.max_outbox_bytes) link_.flush();
  if (link_.outbox().size() > limits_.max_outbox_bytes)
    return close(policy_violation, "too many unread answers");
  codec_.send(message, as_text);
  link_.send_soon();
}

bool session::has_room() {
  const auto most = limits_.max_outbox_bytes / 4; // which leaves the most of it to answers
  if (link_.outbox().size() > most) link_.flush();
  return link_.outbox().size() <= most;
}

void session::close(std::uint16_t code, std::string_view reason) {
  codec_.close(code, reason);
  finish();
}

void session::finish() {
  if (std::exchange(finished_, true)) return;
  link_.set_timer(link::clock::time_point::max());
  link_.finish();
}

} // namespace squall::gateway::ws
