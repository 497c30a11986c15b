#include "deploy/supervisor/process_handle.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace squall::supervisor {

namespace fs = std::filesystem;

namespace {

fs::path folder_of(pid_t pid) {
  return fs::path("/proc") / std::to_string(pid);
}

struct looked_at {
  process_id id;
  bool ended = false; ///< its parent has not waited for it yet
};

std::optional<looked_at> look_at(pid_t pid) {
  std::ifstream stream(folder_of(pid) / "stat");
  std::string text;
  if (pid <= 0 || !std::getline(stream, text)) return {};
  // The second field, a name in parentheses, may have any character.
  const auto behind_name = text.rfind(')');
  if (behind_name == std::string::npos) return {};
  std::istringstream fields(text.substr(behind_name + 1));
  std::string word;
  fields >> word;
  looked_at found{{pid, 0}, word == "Z" || word == "X"};
  for (int number = 4; number < 22; ++number)
    fields >> word;
  if (!(fields >> found.id.started)) return {};
  return found;
}

descriptor open_any(pid_t pid) {
  descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // The number may be a thread's by now: ENOENT, and of older kernels EINVAL.
  if (!process && errno != ESRCH && errno != ENOENT && errno != EINVAL)
    throw std::system_error(errno, std::generic_category(),
                            "pidfd_open, which needs Linux 5.3 and must not be forbidden by a "
                            "container's seccomp profile");
  return process;
}

} // namespace

std::optional<process_id> identify(pid_t pid) {
  const auto found = look_at(pid);
  if (!found || found->ended) return {};
  return found->id;
}

process_id identify_child(pid_t pid) {
  const auto found = look_at(pid);
  if (!found) throw std::runtime_error("process " + std::to_string(pid) + " is not in /proc");
  return found->id;
}

descriptor open_process(const process_id& which) {
  auto process = open_any(which.pid);
  // Looked at behind opening: what has the number now is what was opened.
  if (!process || identify(which.pid) != which) return {};
  return process;
}

descriptor open_child(pid_t pid) {
  return open_any(pid);
}

void send_signal(const descriptor& process, int number) noexcept {
  if (process) ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0);
}

std::uint64_t resident_bytes(pid_t pid) {
  std::ifstream stream(folder_of(pid) / "statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  stream >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::optional<std::uint64_t> seconds_running(const process_id& which) {
  if (identify(which.pid) != which) return {};
  std::ifstream stream("/proc/uptime");
  double up = 0;
  stream >> up;
  const auto started =
      static_cast<double>(which.started) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return up > started ? static_cast<std::uint64_t>(up - started) : 0;
}

bool runs_other_program(pid_t pid, const fs::path& program) {
  struct stat running {};
  struct stat wanted {};
  // /proc/PID/exe leads to the file itself, also when it has no name any more.
  if (::stat((folder_of(pid) / "exe").c_str(), &running) != 0) return false;
  if (::stat(program.c_str(), &wanted) != 0) return false;
  return running.st_ino != wanted.st_ino || running.st_dev != wanted.st_dev;
}

std::vector<running_command> commands_with(const fs::path& folder) {
  const auto begin = folder.string() + "/";
  std::vector<running_command> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/proc", none)) {
    const auto pid = std::atoi(entry.path().filename().c_str());
    struct stat owner {};
    if (pid <= 0 || ::stat(entry.path().c_str(), &owner) != 0 || owner.st_uid != ::geteuid())
      continue;
    std::ifstream stream(entry.path() / "cmdline", std::ios::binary);
    running_command each;
    for (std::string word; std::getline(stream, word, '\0');)
      each.words.push_back(word);
    const bool is_meant = std::ranges::any_of(
        each.words, [&begin](const std::string& word) { return word.starts_with(begin); });
    const auto id = identify(pid);
    if (!is_meant || !id) continue;
    each.id = *id;
    found.push_back(std::move(each));
  }
  return found;
}

descriptor take_socket(const descriptor& process, pid_t pid, std::uint64_t inode) {
  const auto name = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_of(pid) / "fd", error)) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) != name) continue;
    const int number = std::stoi(entry.path().filename());
    descriptor taken(
        static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), number, 0))); // closed at exec
    if (!taken) throw std::system_error(errno, std::generic_category(), "pidfd_getfd");
    return taken;
  }
  if (error) throw std::system_error(error, (folder_of(pid) / "fd").string());
  return {};
}

} // namespace squall::supervisor
