#include "deploy/supervisor/log_file.hpp"

#include "deploy/supervisor/descriptor.hpp"

#include <optional>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace squall::supervisor {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t usual_bytes = 64u << 20;
constexpr std::uint64_t usual_bytes_in_memory = 8u << 20;
constexpr int how_to_open = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;

bool is_same(const struct stat& one, const struct stat& other) {
  return one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

bool is_at(const struct stat& open, const fs::path& file) {
  struct stat there {};
  return ::stat(file.c_str(), &there) == 0 && is_same(open, there);
}

bool turn_to(const descriptor& fresh, std::span<const int> outputs) {
  if (!fresh) return false;
  for (const auto each : outputs)
    ::dup2(fresh.get(), each);
  return true;
}

/// The name is there at any time, so that whoever reads finds one file or the other; but for file
/// systems without links (vfat, some of FUSE). There, whoever writes and comes first makes the
/// fresh one: putting the one that is made here in its place would lose what is in it.
bool change_files(const fs::path& file) {
  const auto fresh = file.string() + ".new";
  const descriptor made(::open(fresh.c_str(), how_to_open | O_TRUNC, S_IRUSR | S_IWUSR));
  if (!made) return false;
  ::unlink(old_log(file).c_str());
  if (::link(file.c_str(), old_log(file).c_str()) == 0)
    return ::rename(fresh.c_str(), file.c_str()) == 0;
  ::unlink(fresh.c_str());
  return ::rename(file.c_str(), old_log(file).c_str()) == 0;
}

} // namespace

fs::path old_log(const fs::path& file) {
  return file.string() + ".1";
}

std::uint64_t usual_log_size(const fs::path& file) {
  struct statfs there {};
  const bool in_memory = ::statfs(file.c_str(), &there) == 0 && there.f_type == TMPFS_MAGIC;
  return in_memory ? usual_bytes_in_memory : usual_bytes;
}

bool rotate_log(const fs::path& file, std::uint64_t most_bytes, std::span<const int> outputs) {
  const int own = outputs.back();
  struct stat now {};
  if (::fstat(own, &now) != 0 || !S_ISREG(now.st_mode)) return false;
  if (is_at(now, file)) {
    if (static_cast<std::uint64_t>(now.st_size) < most_bytes) return false;
    // The lock ends with the last descriptor of the old file. Who does not get it looks again
    // later.
    if (::flock(own, LOCK_EX | LOCK_NB) != 0) return false;
    if (is_at(now, file) && !change_files(file)) {
      ::flock(own, LOCK_UN);
      return false;
    }
  }
  return turn_to(descriptor(::open(file.c_str(), how_to_open, S_IRUSR | S_IWUSR)), outputs);
}

} // namespace squall::supervisor
