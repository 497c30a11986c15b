#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace squall::gateway {

/// What a gateway tells whoever runs it. Any of them may be empty. Called on the gateway's own
/// threads, never two at a time.
struct observer {
  std::function<void(const std::string& about)> ready;   ///< clients are let in
  std::function<void(const std::string& about)> changed; ///< what is to be said of it now
  /// A round through every io thread and the router has come back.
  std::function<void()> alive;
  std::chrono::milliseconds alive_every{0}; ///< between two such rounds; 0: none is wanted

  explicit operator bool() const noexcept { return ready || changed || alive; }
};

} // namespace squall::gateway
