#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

/// Logs that do not grow without end and lose no line.
///
/// A process's log is what its stdout and stderr are, also when its supervisor is gone. So nobody
/// but the process itself can turn to another file between two of its writes: each looks at its own
/// file every now and then, and when that has become too large gives it another name, makes a fresh
/// one in its place, and puts that behind its two descriptors, which dup2(2) does in one step. What
/// another thread is writing in that moment ends up in one file or the other. (To copy a log from
/// outside and then cut it short would lose what is written in between; to rename it alone would
/// change nothing, as the process writes to wherever the name has gone.)
namespace squall::supervisor {

/// In the environment of a process: the file that it writes to, and how large that may become.
inline constexpr const char* log_variable = "X_SQUALL_LOG";
inline constexpr const char* log_size_variable = "X_SQUALL_LOG_MAX_BYTES";

/// Where the log that was full has gone; the one that was there before is lost.
std::filesystem::path old_log(const std::filesystem::path& file);

/// How large a log may become when nobody has said it: less where it is in memory (tmpfs), as the
/// run directory often is.
std::uint64_t usual_log_size(const std::filesystem::path& file);

/// One look. \param outputs descriptors of one file that is, or was, `file`. They turn to a fresh
/// file when that has so many bytes; also when another process has put a fresh one there before
/// (one that drains and its successor have one log), or somebody has removed it. Returns whether
/// they did; when something fails, they stay as they are.
bool rotate_log(const std::filesystem::path& file, std::uint64_t most_bytes,
                std::span<const int> outputs);

} // namespace squall::supervisor
