#pragma once

#include "proto/system_config.hpp"

#include <functional>
#include <string>

/// Beside CAF's OpenSSL module, which tells nobody whom it refuses, and which does not clear
/// OpenSSL's error queue: there an error of one connection is taken for one of the next that has
/// nothing to read, so that a stranger's handshake, or one worker's death, would cost other workers
/// their links.
namespace squall::proto {

/// A connection whose TLS handshake failed.
struct refused_peer {
  std::string address; ///< "HOST:PORT"
  std::string reason;  ///< for people
};

using refusal_listener = std::function<void(const refused_peer&)>;

/// From now on, for this process: sessions of mutual TLS begin each read without errors of others,
/// and those that a peer began and whose handshake fails are told of. Returns the files that CAF is
/// to read: copies, which follow the originals whenever those fit together. Any thread.
cluster_tls watch_cluster_tls(const cluster_tls& originals);

/// Who is told, on CAF's network thread; it must not throw. Empty: nobody. When this returns, the
/// former is not called any more.
void listen_for_refusals(refusal_listener listener);

} // namespace squall::proto
