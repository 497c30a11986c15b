#pragma once

#include "gateway/net/io_thread.hpp"
#include "gateway/net/tls_stream.hpp"

#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace squall::gateway::net {

/// One client's socket. Small reads end in a buffer of its own, larger ones in its thread's; keeps
/// only what the protocol could not use yet, and sends everything that was written in a turn with
/// one system call. With TLS the protocol sees plain text all the same. Kept alive by its io thread
/// and by its own coroutines.
class connection final : public link, public std::enable_shared_from_this<connection> {
public:
  /// \param tls null: plain TCP
  connection(io_thread& thread, tcp_socket socket, std::uint64_t id,
             std::unique_ptr<tls_stream> tls);

  /// Begins to speak. Called once, inside a turn.
  void start(const protocol_factory& make_protocol);
  void drain();
  void tell_access_changed();
  /// A watched time has passed.
  void on_watch(clock::time_point due);
  /// End of a turn: offers input again where that was asked for, and sends.
  void settle();

  std::string& outbox() noexcept override { return outbox_; }
  void send_soon() override;
  void flush() override;
  void set_timer(clock::time_point when) override;
  void resume() override;
  void finish() override;
  void abort() override;
  void upgrade(std::unique_ptr<protocol> next) override;
  std::uint64_t id() const noexcept override { return id_; }
  const std::string& peer() const noexcept override { return peer_; }
  clock::time_point now() const noexcept override { return thread_.now_; }

private:
  enum class state { open, finishing, lingering, closed };

  task<void> read_loop(std::shared_ptr<connection> self);
  task<void> write_loop(std::shared_ptr<connection> self);
  /// What its coroutines end with: an exception closes the connection, and no other.
  std::function<void(std::exception_ptr)> ended();
  bool take(boost::system::error_code ec, std::size_t count);
  void receive(std::string_view raw);
  void offer(std::string_view fresh);
  std::size_t offer_all(std::string_view input);
  void change_protocol();
  void on_eof();
  void send();
  std::string& unsent();
  bool is_handshaking() const noexcept { return tls_ && !tls_->is_established(); }
  void fail_handshake();
  void linger();
  void close();
  void dirty();
  void watch(clock::time_point when);

  io_thread& thread_;
  tcp_socket socket_;
  timer gate_; ///< the read loop waits here while too much input is unconsumed
  const std::uint64_t id_;
  std::string peer_;
  std::unique_ptr<protocol> protocol_;
  std::unique_ptr<protocol> next_;
  std::array<char, 512> first_; ///< a read begins here, as memory has to be there while it waits
  std::string unconsumed_;
  std::string outbox_;
  std::unique_ptr<tls_stream> tls_;
  std::string sealed_; ///< with TLS: of the outbox's beginning, what the socket has not taken yet
  clock::time_point handshake_until_ = clock::time_point::max();
  state state_ = state::open;
  bool is_dirty_ = false;
  bool resumed_ = false;
  bool writing_ = false; ///< the write loop waits for the socket
  bool paused_ = false;
  bool ended_ = false;                                    ///< the peer will send nothing more
  bool drain_pending_ = false;                            ///< what the peer has sent is read first
  clock::time_point timer_ = clock::time_point::max();    ///< of the protocol
  clock::time_point deadline_ = clock::time_point::max(); ///< for writing, or for closing
  clock::time_point watched_ = clock::time_point::max();  ///< earliest entry in the wheel
};

} // namespace squall::gateway::net
