#pragma once

#include <vector>

namespace squall::cli {

/// The sockets that whoever started this process has passed to it, as systemd's socket units do
/// (`LISTEN_FDS`, `LISTEN_PID`, sd_listen_fds(3)): those of the client port, which listen already.
/// None when these variables are not set, or are for another process; takes them out of the
/// environment. Throws `misuse` when one of them is anything but a TCP socket that listens.
std::vector<int> take_passed_sockets();

} // namespace squall::cli
