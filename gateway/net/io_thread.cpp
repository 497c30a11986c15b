#include "gateway/net/io_thread.hpp"

#include "gateway/latest.hpp"
#include "gateway/net/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace squall::gateway::net {
namespace {

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// How long to wait when the process has no descriptor left for another connection.
constexpr std::chrono::milliseconds accept_pause{100};

} // namespace

void log_failure(const char* consequence, const std::exception_ptr& failure) noexcept try {
  std::rethrow_exception(failure);
} catch (const std::exception& error) {
  spdlog::error("{}: {}", consequence, error.what());
} catch (...) {
  spdlog::error("{}: something that is no exception was thrown", consequence);
}

io_thread::io_thread(const settings& settings, protocol_factory make_protocol,
                     std::uint64_t first_id)
    : settings_{settings}, make_protocol_{std::move(make_protocol)}, ticker_{context_},
      wheel_{link::clock::now()}, next_id_{first_id} {}

io_thread::~io_thread() = default;

asio::ip::tcp::endpoint io_thread::listen(const asio::ip::tcp::endpoint& address, bool share_port) {
  auto acceptor = std::make_shared<tcp_acceptor>(context_);
  acceptor->open(address.protocol());
  acceptor->set_option(asio::socket_base::reuse_address(true));
  if (share_port) acceptor->set_option(reuse_port(true));
  acceptor->bind(address);
  acceptor->listen(asio::socket_base::max_listen_connections);
  acceptors_.push_back(acceptor);
  accept(acceptor);
  return acceptor->local_endpoint();
}

void io_thread::listen_at(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    throw boost::system::system_error{errno, boost::system::system_category()};
  const auto protocol = bound.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
  auto acceptor = std::make_shared<tcp_acceptor>(context_, protocol, socket);
  acceptors_.push_back(acceptor);
  accept(acceptor);
}

/// Released before it is closed: while others hold the socket, closing alone would leave it with
/// this loop's epoll, which would wake up for each of their connections.
void io_thread::stop_accepting() {
  for (const auto& acceptor : acceptors_) {
    boost::system::error_code failed;
    const auto socket = acceptor->release(failed);
    if (!failed) ::close(socket);
  }
  acceptors_.clear();
}

void io_thread::accept(const std::shared_ptr<tcp_acceptor>& acceptor) {
  asio::co_spawn(context_, accept_loop(acceptor),
                 [this, acceptor](const std::exception_ptr& failure) {
                   if (!failure) return;
                   log_failure("a new connection is closed", failure);
                   accept(acceptor);
                 });
}

void io_thread::run() {
  // Until it is stopped: in a drain there may be neither an acceptor nor a connection, and what is
  // posted then must be heard.
  const auto stays = asio::make_work_guard(context_);
  context_.run();
}

void io_thread::stop() {
  context_.stop();
}

task<void> io_thread::accept_loop(std::shared_ptr<tcp_acceptor> acceptor) {
  while (acceptor->is_open()) {
    tcp_socket socket{context_};
    auto [ec] = co_await acceptor->async_accept(socket, asio::as_tuple(use_task));
    if (!ec) {
      admit(std::move(socket));
    } else if (acceptor->is_open()) {
      spdlog::warn("cannot accept a connection: {}; trying again", ec.message());
      timer pause{context_, accept_pause};
      co_await pause.async_wait(asio::as_tuple(use_task));
    }
  }
}

void io_thread::admit(tcp_socket socket) {
  if (closed_) return;
  boost::system::error_code ignored; // a connection may be gone again already: reading will tell
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  turn work{*this};
  const auto id = next_id_++;
  auto tls = settings_.tls ? std::make_unique<tls_stream>(*settings_.tls->get()) : nullptr;
  auto added = connections_.emplace(
      id, std::make_shared<connection>(*this, std::move(socket), id, std::move(tls)));
  added.first->second->start(make_protocol_);
}

void io_thread::drain(std::function<void()> drained) {
  // Behind the reads that have ended already.
  asio::post(context_, [this, drained = std::move(drained)]() mutable {
    turn work{*this};
    drained_ = std::move(drained);
    old_below_ = next_id_;
    for (const auto& [id, open] : connections_)
      open->drain();
  });
}

bool io_thread::old_ones_left() const {
  return std::ranges::any_of(connections_,
                             [this](const auto& open) { return open.first < old_below_; });
}

void io_thread::tell_access_changed() {
  turn work{*this};
  for (const auto& [id, open] : connections_)
    open->tell_access_changed();
}

void io_thread::close_all() {
  turn work{*this};
  closed_ = true;
  stop_accepting();
  for (const auto& [id, open] : connections_)
    open->abort();
}

void io_thread::begin_turn() noexcept {
  if (depth_++ == 0) now_ = link::clock::now();
}

void io_thread::end_turn() {
  if (depth_ == 1)
    // NOLINTNEXTLINE(modernize-loop-convert): settling may make others dirty, so the list grows
    for (std::size_t i = 0; i < dirty_.size(); ++i) {
      auto which = dirty_[i];
      try {
        which->settle();
      } catch (...) {
        log_failure("a connection is closed", std::current_exception());
        which->abort();
      }
    }
  if (--depth_ > 0) return;
  dirty_.clear();
  if (drained_ && !old_ones_left()) std::exchange(drained_, nullptr)();
}

void io_thread::mark_dirty(connection& which) {
  dirty_.push_back(which.shared_from_this());
  if (depth_ == 0) asio::post(context_, [this] { turn work{*this}; });
}

void io_thread::watch(std::uint64_t id, link::clock::time_point due) {
  wheel_.add(id, due);
  if (std::exchange(ticking_, true)) return;
  asio::co_spawn(context_, tick_loop(), [this](const std::exception_ptr& failure) {
    if (!failure) return;
    log_failure("a timer is lost", failure);
    ticking_ = false; // the next timer starts it again
  });
}

task<void> io_thread::tick_loop() {
  while (!wheel_.empty()) {
    ticker_.expires_after(timing_wheel::step);
    co_await ticker_.async_wait(asio::as_tuple(use_task));
    turn work{*this};
    wheel_.advance(now_, [this](std::uint64_t id, link::clock::time_point due) {
      auto found = connections_.find(id);
      if (found == connections_.end()) return;
      auto alive = found->second;
      alive->on_watch(due);
    });
  }
  ticking_ = false;
}

void io_thread::forget(std::uint64_t id) {
  connections_.erase(id);
}

} // namespace squall::gateway::net
