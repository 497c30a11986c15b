#pragma once

#include "deploy/supervisor/descriptor.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

/// Where a deployment's supervisor keeps what it needs while it runs.
namespace squall::supervisor {

/// The folder of all deployments: `given` when that is not empty, else /run/squall for root, else
/// `squall` in $XDG_RUNTIME_DIR, else /tmp/squall-UID. Absolute.
std::filesystem::path runs_folder(const std::string& given);

/// The files of one deployment, all for their owner alone.
class run_directory {
public:
  run_directory(const std::filesystem::path& runs, const std::string& deployment)
      : path_(runs / deployment) {}

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path state() const { return path_ / "state.json"; }
  std::filesystem::path control() const { return path_ / "control"; }
  std::filesystem::path notify() const { return path_ / "notify"; }
  std::filesystem::path declared() const { return path_ / "declared.json"; }
  std::filesystem::path logs() const { return path_ / "logs"; }
  std::filesystem::path log(const std::string& process) const {
    return logs() / (process + ".log");
  }
  std::filesystem::path config(const std::string& process) const {
    return path_ / (process + ".toml");
  }

  /// Makes the folders. Throws `std::runtime_error` when they cannot be made, are someone else's,
  /// or have a path that is too long for a socket.
  void make() const;

  /// Takes the lock that a supervisor holds as long as it runs. Nothing when another holds it.
  /// Throws `std::system_error`.
  std::optional<descriptor> lock() const;

  /// The process that holds the lock; 0: none.
  pid_t supervisor() const;

  /// Waits until none does.
  void wait_for_end() const;

  /// Removes all but the logs.
  void clear() const;

private:
  std::filesystem::path lock_file() const { return path_ / "lock"; }

  std::filesystem::path path_;
};

/// Names of the deployments that run, or whose processes may: those with a state.
std::vector<std::string> deployments_in(const std::filesystem::path& runs);

/// Replaces the file as a whole, for its owner alone. Throws `std::system_error`.
void write_file(const std::filesystem::path& file, const std::string& text);

/// The whole file; nothing when it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& file);

} // namespace squall::supervisor
