#pragma once

#include "deploy/cli/stream_job.hpp"
#include "deploy/cli/url.hpp"

#include <cstddef>

namespace squall::cli {

/// Calls a kind once for every line of stdin, `concurrency` at a time over one WebSocket, and
/// prints a line on stdout for each; with a progress bar where stderr is a terminal. Blocks until
/// all is answered and returns how many failed. Throws `unreachable` or `connection_lost`, after
/// what was answered was printed.
std::uint64_t call_lines(const url& gateway, const call_options& options, std::size_t concurrency,
                         bool ordered);

} // namespace squall::cli
