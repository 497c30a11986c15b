#pragma once

#include "deploy/supervisor/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

/// Processes of this machine, also those of another parent. All of Linux's own.
namespace squall::supervisor {

/// A process. Its number may be another's one day: only with its start it is certain.
struct process_id {
  pid_t pid = 0;
  std::uint64_t started = 0; ///< clock ticks since the machine's start, see proc(5), field 22

  friend bool operator==(const process_id&, const process_id&) = default;
};

/// The process with this number; nothing when there is none, or it has ended.
std::optional<process_id> identify(pid_t pid);

/// Likewise for a child that nobody has waited for, also when it has ended. Throws
/// `std::runtime_error` when there is none.
process_id identify_child(pid_t pid);

/// A descriptor of the process, which is readable once it has ended. Nothing when it is there no
/// more. Throws `std::system_error` when the system has no such descriptors.
descriptor open_process(const process_id& which);

/// Likewise for a child that nobody has waited for, also when it has ended.
descriptor open_child(pid_t pid);

/// Sends the signal through such a descriptor, so that no other process can get it.
void send_signal(const descriptor& process, int number) noexcept;

/// Its resident memory, in bytes; 0 when it is not there.
std::uint64_t resident_bytes(pid_t pid);

/// How long it runs; nothing when it is not there.
std::optional<std::uint64_t> seconds_running(const process_id& which);

/// Whether it runs another file than the one that is at `program` now.
bool runs_other_program(pid_t pid, const std::filesystem::path& program);

/// A process with the words of its command line.
struct running_command {
  process_id id;
  std::vector<std::string> words;
};

/// Those of this user one of whose words is a path that begins with `folder`.
std::vector<running_command> commands_with(const std::filesystem::path& folder);

/// A copy of the process's descriptor for the socket with this inode number. Nothing when it has
/// none. Throws `std::system_error` when the system does not let this process take it.
descriptor take_socket(const descriptor& process, pid_t pid, std::uint64_t inode);

} // namespace squall::supervisor
