#pragma once

#include "deploy/supervisor/supervisor.hpp"

#include <functional>

namespace squall::supervisor {

struct supervision {
  supervisor_options options;
  plan wanted;
  reporter tell; ///< people hear how it goes
  /// All is ready. \param urls where clients find it
  std::function<void(const std::vector<std::string>& urls)> on_up;
};

/// Brings a deployment up and sees to it until it is taken down: by SIGINT, SIGTERM or SIGHUP, or
/// by a command; a second signal ends all at once. What another supervisor left is taken over.
/// Blocks. True when all was ready once, and ended well. The caller holds the lock. Throws
/// `std::runtime_error` for what cannot be had, with nothing started.
bool supervise(supervision what);

/// Drains what a supervisor left that is there no more. False when one did not end well. The caller
/// holds the lock.
bool take_down(supervisor_options options, const reporter& tell);

} // namespace squall::supervisor
