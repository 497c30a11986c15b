#pragma once

#include "deploy/cli/bench/channel.hpp"
#include "deploy/cli/url.hpp"

#include <memory>
#include <string>
#include <string_view>

#include <netdb.h>
#include <sys/socket.h>

namespace squall::cli::bench {

/// A connection that is ready to be spoken on, and what the server said already.
struct dialled {
  channel server; ///< non-blocking
  std::string input;
};

/// Connects to one server again and again.
class dialler {
public:
  /// Looks the server up. Throws `unreachable`.
  explicit dialler(url target);

  /// Connects, with the handshake of TLS when the server's URL says so, and the opening handshake
  /// of a WebSocket when `upgrade`. Each step blocks for 10 s at most. Throws `unreachable`.
  dialled dial(bool upgrade) const;

private:
  [[noreturn]] void fail(const std::string& why) const;
  socket_handle connect() const;
  session_ptr secure(int fd) const;
  std::string upgrade(channel& server) const;
  void check_upgrade(std::string_view input, std::size_t end, const std::string& key) const;

  url target_;
  struct addresses_free {
    void operator()(addrinfo* addresses) const noexcept;
  };
  std::unique_ptr<addrinfo, addresses_free> addresses_; ///< the first that answers is taken
};

} // namespace squall::cli::bench
