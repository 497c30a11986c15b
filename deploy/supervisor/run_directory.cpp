#include "deploy/supervisor/run_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace squall::supervisor {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file) {
  throw std::system_error(errno, std::generic_category(), file.string());
}

/// Whoever may write there can take over what runs, so that it must be ours.
void make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) fail(folder);
  struct stat now {};
  if (::lstat(folder.c_str(), &now) != 0) fail(folder);
  if (!S_ISDIR(now.st_mode) || now.st_uid != ::geteuid())
    throw std::runtime_error(folder.string() + " is not a folder of this user's; name another "
                                               "place with --run-directory");
}

} // namespace

fs::path runs_folder(const std::string& given) {
  if (!given.empty()) return fs::absolute(given);
  if (::geteuid() == 0) return "/run/squall";
  const auto* place = std::getenv("XDG_RUNTIME_DIR");
  if (place != nullptr && fs::path(place).is_absolute()) return fs::path(place) / "squall";
  return "/tmp/squall-" + std::to_string(::geteuid());
}

void run_directory::make() const {
  if (control().string().size() >= sizeof(sockaddr_un::sun_path))
    throw std::runtime_error(path_.string() + ": the path is too long for a socket in it; name a " +
                             "shorter one with --run-directory");
  if (path_.parent_path().has_parent_path())
    fs::create_directories(path_.parent_path().parent_path());
  make_folder(path_.parent_path());
  make_folder(path_);
  if (::chmod(path_.c_str(), S_IRWXU) != 0) fail(path_);
  make_folder(logs());
}

std::optional<descriptor> run_directory::lock() const {
  descriptor file(::open(lock_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) fail(lock_file());
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return {};
    fail(lock_file());
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0)
    fail(lock_file());
  return file;
}

pid_t run_directory::supervisor() const {
  const descriptor file(::open(lock_file().c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return 0;
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return 0;
  return std::atoi(read_file(lock_file()).value_or("").c_str());
}

void run_directory::wait_for_end() const {
  const descriptor file(::open(lock_file().c_str(), O_RDONLY | O_CLOEXEC));
  while (file && ::flock(file.get(), LOCK_SH) != 0 && errno == EINTR) {
  }
}

void run_directory::clear() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored))
    if (entry.path() != logs() && entry.path() != lock_file()) fs::remove(entry.path(), ignored);
}

std::vector<std::string> deployments_in(const fs::path& runs) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(runs, none))
    if (fs::exists(entry.path() / "state.json", none)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

void write_file(const fs::path& file, const std::string& text) {
  const auto fresh = file.string() + ".new";
  descriptor to(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!to) fail(fresh);
  for (std::size_t done = 0; done < text.size();) {
    const auto size = ::write(to.get(), text.data() + done, text.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(fresh);
    done += static_cast<std::size_t>(size);
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) fail(file);
}

std::optional<std::string> read_file(const fs::path& file) {
  const std::ifstream stream(file, std::ios::binary);
  if (!stream) return {};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

} // namespace squall::supervisor
