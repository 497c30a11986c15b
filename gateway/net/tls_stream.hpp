#pragma once

#include "gateway/net/tls_context.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace squall::gateway::net {

/// The server's side of TLS on one connection, without a socket: what came from the client goes in
/// and comes out as plain text, and the other way round. Handshakes by itself. Not thread-safe.
class tls_stream {
public:
  /// What has become of the client's side.
  enum class state : std::uint8_t {
    open,
    ended,  ///< the client said that it sends nothing more (close_notify)
    failed, ///< no TLS, or none that we speak; `take_sealed` has what to answer
  };

  /// Most plain bytes that are sealed at a time, so that little is held twice.
  static constexpr std::size_t piece_bytes = 64 * 1024;

  /// Throws `std::bad_alloc`.
  explicit tls_stream(const tls_context& context);
  ~tls_stream();
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;

  /// Takes bytes from the socket; appends to `plain` what the client said in them.
  state take(std::string_view sealed, std::string& plain);

  /// Seals the beginning of `plain`, `piece_bytes` at most, and takes it out; nothing before the
  /// handshake is done.
  void seal(std::string& plain);

  /// Tells the client that nothing more comes. Once is enough; later calls do nothing.
  void end();

  /// Appends to `to` all that the socket should send.
  void take_sealed(std::string& to);

  bool is_established() const noexcept;

private:
  state fail(int code);

  ssl_st* ssl_;
  bool ended_ = false;
  std::string plain_answer_; ///< to one that speaks HTTP without TLS
};

} // namespace squall::gateway::net
