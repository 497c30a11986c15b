#pragma once

#include <string>

/// What a process arranges with the system before it begins its work.
namespace squall::cli {

/// Sends the log to stderr, one line an entry with the time in front. `level` is one of spdlog's
/// names, checked by the caller.
void configure_logging(const std::string& level);

/// Raises the soft limit of open files to the hard one, as far as the system allows.
void raise_file_limit();

/// A write to a closed pipe or socket is an error from now on, and ends nobody.
void ignore_broken_pipes();

/// A write beyond the allowed size of a file is an error from now on, and ends nobody.
void ignore_full_disks();

} // namespace squall::cli
