#pragma once

#include "deploy/cli/exit_code.hpp"

#include <filesystem>
#include <functional>

namespace squall::cli {

/// Runs `body` in a child process, and returns once that calls what it is given, or ends: then with
/// its exit code. Behind that call the child has left the terminal, and writes to `log`. Returns
/// also in the child, when `body` has returned. To be called before any thread is there. Throws
/// `std::system_error`.
exit_code
run_in_background(const std::function<exit_code(const std::function<void()>& detach)>& body,
                  const std::function<std::filesystem::path()>& log);

} // namespace squall::cli
