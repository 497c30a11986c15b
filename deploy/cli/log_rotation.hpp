#pragma once

#include <cstdint>
#include <filesystem>
#include <thread>

namespace squall::cli {

/// Keeps the file that this process's stdout and stderr are from growing without end, see
/// deploy/supervisor/log_file.hpp. Looks at it every second, on a thread of its own, as long as it
/// lives.
class log_rotation {
public:
  /// As the supervisor that started this process wants it; without one it does nothing.
  log_rotation();
  /// \param most_bytes 0: as many as are usual there
  log_rotation(std::filesystem::path file, std::uint64_t most_bytes);

private:
  std::jthread thread_;
};

} // namespace squall::cli
