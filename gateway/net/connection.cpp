#include "gateway/net/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace squall::gateway::net {
namespace {

/// An outbox that grew beyond this gives its memory back when it is empty.
constexpr std::size_t kept_outbox_bytes = 16 * 1024;

std::string address_of(const tcp_socket& socket) {
  boost::system::error_code ec;
  auto endpoint = socket.remote_endpoint(ec);
  return ec ? std::string{} : endpoint.address().to_string();
}

} // namespace

connection::connection(io_thread& thread, tcp_socket socket, std::uint64_t id,
                       std::unique_ptr<tls_stream> tls)
    : thread_{thread}, socket_{std::move(socket)}, gate_{thread.context()}, id_{id},
      peer_{address_of(socket_)}, tls_{std::move(tls)} {}

void connection::start(const protocol_factory& make_protocol) {
  if (tls_) {
    handshake_until_ = now() + thread_.settings_.header_timeout;
    watch(handshake_until_);
  }
  protocol_ = make_protocol(*this);
  protocol_->on_open();
  asio::co_spawn(thread_.context(), read_loop(shared_from_this()), ended());
}

task<void> connection::read_loop(std::shared_ptr<connection> self) {
  for (;;) {
    auto [ec, count] = co_await self->socket_.async_read_some(asio::buffer(self->first_),
                                                              asio::as_tuple(use_task));
    if (self->state_ == state::closed || !self->take(ec, count)) co_return;
    while (self->paused_ && self->state_ == state::open) {
      self->gate_.expires_at(clock::time_point::max());
      co_await self->gate_.async_wait(asio::as_tuple(use_task));
    }
  }
}

std::function<void(std::exception_ptr)> connection::ended() {
  return [self = shared_from_this()](const std::exception_ptr& failure) {
    if (!failure) return;
    log_failure("a connection is closed", failure);
    io_thread::turn work{self->thread_};
    self->abort();
  };
}

bool connection::take(boost::system::error_code ec, std::size_t count) {
  io_thread::turn work{thread_};
  if (!ec && state_ == state::open) {
    if (count < first_.size()) {
      receive({first_.data(), count});
    } else { // there may be more: into the thread's buffer, which is large
      std::ranges::copy(first_, thread_.scratch_.begin());
      count += socket_.read_some(asio::buffer(thread_.scratch_) + count, ec);
      receive({thread_.scratch_.data(), count});
      if (ec == asio::error::would_block) ec = {};
    }
    if (std::exchange(drain_pending_, false)) drain();
  }
  if (ec == asio::error::eof)
    on_eof();
  else if (ec)
    close();
  return !ec;
}

/// Takes what the socket gave, which is plain text or has to become it.
void connection::receive(std::string_view raw) {
  if (!tls_) return offer(raw);
  auto& plain = thread_.plain_;
  plain.clear();
  const auto peer = tls_->take(raw, plain);
  dirty(); // it may have to be answered, whether or not the protocol says something
  if (!is_handshaking()) handshake_until_ = clock::time_point::max();
  if (peer == tls_stream::state::failed) return fail_handshake();
  if (!plain.empty()) offer(plain);
  if (peer == tls_stream::state::ended) on_eof();
}

/// Not only at the handshake: whatever cannot be unsealed.
void connection::fail_handshake() {
  boost::system::error_code ignored; // it is told why, if it still listens
  const auto& why = unsent();
  if (!writing_) socket_.write_some(asio::buffer(why), ignored);
  abort();
}

void connection::offer(std::string_view fresh) {
  if (unconsumed_.empty()) {
    unconsumed_.assign(fresh.substr(offer_all(fresh)));
  } else {
    unconsumed_ += fresh;
    unconsumed_.erase(0, offer_all(unconsumed_));
  }
  if (unconsumed_.empty() && unconsumed_.capacity() > kept_outbox_bytes) unconsumed_ = {};
  paused_ = unconsumed_.size() > protocol::max_unconsumed;
}

std::size_t connection::offer_all(std::string_view input) {
  std::size_t consumed = 0;
  do {
    change_protocol();
    consumed += protocol_->on_data(input.substr(consumed));
  } while (next_ && state_ == state::open);
  return state_ == state::open ? consumed : input.size();
}

void connection::change_protocol() {
  if (!next_) return;
  protocol_ = std::move(next_);
  timer_ = clock::time_point::max();
  protocol_->on_open();
}

void connection::on_eof() {
  const bool was_known = std::exchange(ended_, true); // TLS says it first, then TCP
  if (state_ == state::open && !was_known) protocol_->on_end();
  if (state_ == state::lingering) close();
}

void connection::settle() {
  is_dirty_ = false;
  while (state_ == state::open && std::exchange(resumed_, false))
    offer({});
  if (!paused_) gate_.cancel();
  if (state_ == state::closed) return close();
  if (state_ != state::open) protocol_.reset(); // cancels its calls; the peer may linger
  if (!writing_) send();
}

void connection::send() {
  boost::system::error_code ec;
  for (auto* rest = &unsent(); !rest->empty() && !ec; rest = &unsent())
    rest->erase(0, socket_.write_some(asio::buffer(*rest), ec));
  if (ec == asio::error::would_block) {
    writing_ = true;
    deadline_ = now() + (thread_.is_draining() ? thread_.settings_.close_timeout
                                               : thread_.settings_.write_timeout);
    watch(deadline_);
    asio::co_spawn(thread_.context(), write_loop(shared_from_this()), ended());
    return;
  }
  if (ec) return close();
  if (outbox_.capacity() > kept_outbox_bytes) outbox_ = {};
  if (sealed_.capacity() > kept_outbox_bytes) sealed_ = {};
  if (is_handshaking()) return state_ == state::finishing ? close() : void();
  if (state_ == state::finishing) linger();
  if (protocol_) protocol_->on_sent();
}

/// What the socket should take next: with TLS a piece at a time, so that what is written meanwhile
/// still counts as the outbox's.
std::string& connection::unsent() {
  if (!tls_) return outbox_;
  if (sealed_.empty()) {
    tls_->seal(outbox_);
    if (outbox_.empty() && state_ == state::finishing) tls_->end();
    tls_->take_sealed(sealed_);
  }
  return sealed_;
}

task<void> connection::write_loop(std::shared_ptr<connection> self) {
  auto [ec] = co_await self->socket_.async_wait(tcp_socket::wait_write, asio::as_tuple(use_task));
  if (ec || self->state_ == state::closed) co_return;
  io_thread::turn work{self->thread_};
  self->writing_ = false;
  self->deadline_ = clock::time_point::max();
  self->dirty();
}

void connection::linger() {
  state_ = state::lingering;
  boost::system::error_code ignored; // a peer that has gone already is closed just so
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
  if (ended_) return close();
  deadline_ = now() + thread_.settings_.close_timeout;
  watch(deadline_);
}

void connection::close() {
  state_ = state::closed;
  boost::system::error_code ignored;
  socket_.close(ignored);
  gate_.cancel();
  protocol_.reset(); // cancels its calls now, not when the last coroutine has gone
  next_.reset();
  thread_.forget(id_);
}

void connection::drain() {
  if (writing_) { // a peer that does not read holds up the drain for so long
    deadline_ = std::min(deadline_, now() + thread_.settings_.close_timeout);
    watch(deadline_);
  }
  if (state_ != state::open) return;
  boost::system::error_code ignored; // reading will tell
  // What was sent before the drain began is work that was there before: it is read first.
  if (!paused_ && !ended_ && socket_.available(ignored) > 0)
    drain_pending_ = true;
  else
    protocol_->on_drain();
}

void connection::tell_access_changed() {
  if (state_ == state::open) protocol_->on_access_changed();
}

void connection::on_watch(clock::time_point due) {
  if (due == watched_) watched_ = clock::time_point::max();
  if (std::min(deadline_, handshake_until_) <= now()) return abort();
  if (timer_ <= now()) {
    timer_ = clock::time_point::max();
    if (state_ == state::open) protocol_->on_timer();
  }
  watch(std::min({timer_, deadline_, handshake_until_}));
}

void connection::watch(clock::time_point when) {
  if (when >= watched_) return;
  watched_ = when;
  thread_.watch(id_, when);
}

void connection::dirty() {
  if (!std::exchange(is_dirty_, true)) thread_.mark_dirty(*this);
}

void connection::send_soon() {
  dirty();
}

void connection::flush() {
  if (writing_ || state_ != state::open) return;
  boost::system::error_code seen_again_at_the_end_of_the_turn;
  auto& rest = unsent();
  rest.erase(0, socket_.write_some(asio::buffer(rest), seen_again_at_the_end_of_the_turn));
}

void connection::set_timer(clock::time_point when) {
  timer_ = when;
  watch(when);
}

void connection::resume() {
  resumed_ = true;
  dirty();
}

void connection::finish() {
  if (state_ != state::open) return;
  state_ = state::finishing;
  paused_ = false;
  dirty();
}

void connection::abort() {
  state_ = state::closed;
  dirty();
}

void connection::upgrade(std::unique_ptr<protocol> next) {
  next_ = std::move(next);
}

} // namespace squall::gateway::net
