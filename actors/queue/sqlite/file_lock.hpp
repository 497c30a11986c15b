#pragma once

#include <filesystem>

namespace squall::actors {

/// A lock on a file of its own, made when it is not there and left there. Held until destruction
/// or the process's end, however that comes (flock(2)).
class file_lock {
public:
  /// Throws `std::system_error` when the file cannot be made; does not wait.
  explicit file_lock(const std::filesystem::path& file);
  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

  /// False when another has it.
  bool held() const noexcept { return held_; }

private:
  int file_ = -1;
  bool held_ = false;
};

} // namespace squall::actors
