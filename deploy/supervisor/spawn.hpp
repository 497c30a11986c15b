#pragma once

#include "deploy/supervisor/process_handle.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace squall::supervisor {

/// What a process is started with.
struct launch {
  std::filesystem::path program;
  std::vector<std::string> arguments;             ///< behind the program's name
  std::map<std::string, std::string> environment; ///< all of it
  std::filesystem::path log;                      ///< its stdout and stderr are added to this
  int listen_socket = -1;                         ///< becomes its descriptor 3
  /// It is to say that it is alive twice in this time; 0: it need not.
  std::chrono::microseconds watchdog{0};
};

/// This process's variables without those that speak to this process: `SQUALL_*`, which would go
/// before what a process's file says, and systemd's.
std::map<std::string, std::string> inherited_environment();

/// Starts a child in a session of its own. It survives this process, and whoever may signal it may
/// take its sockets. Throws `std::system_error`.
process_id spawn(const launch& what);

} // namespace squall::supervisor
