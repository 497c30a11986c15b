#include "deploy/supervisor/supervisor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

/// How a supervisor goes on where another one was killed.
namespace squall::supervisor {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr const char* yama_file = "/proc/sys/kernel/yama/ptrace_scope";
constexpr int only_privileged = 2; ///< may look into other processes, from this value on

/// What an operator can do so that sockets can be taken.
std::string remedy() {
  const auto scope = read_file(yama_file);
  if (scope && std::atoi(scope->c_str()) >= only_privileged && ::geteuid() != 0)
    return "kernel.yama.ptrace_scope allows it to root alone: set it to 1, or run squall up as "
           "root";
  return "pidfd_getfd(2) must be allowed: see to it that no seccomp profile, container or missing "
         "CAP_SYS_PTRACE forbids it";
}

} // namespace

bool supervisor::take_over(const reporter& tell) {
  const auto text = read_file(options_.place.state());
  if (!text) return false;
  state before;
  try {
    before = parse_state(*text);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(options_.place.state().string() + " cannot be read: " + error.what() +
                             "; remove it once no process of the deployment runs");
  }
  wanted_ = before.wanted;
  std::map<std::string, std::string> refused;
  for (const auto& known : before.processes)
    adopt(known, before, tell, refused);
  end_strays(tell);
  for (const auto& [address, why] : refused)
    if (!sockets_.contains(address))
      tell(std::string("the socket of ")
               .append(address)
               .append(" stays with its gateway alone (")
               .append(why)
               .append("): clients are refused for a moment when that is started again, and wait "
                       "from then on. ")
               .append(remedy()));
  return !children_.empty();
}

void supervisor::adopt(const known_process& known, const state& from, const reporter& tell,
                       std::map<std::string, std::string>& refused) {
  auto handle = open_process(known.id);
  if (!handle) return;
  for (const auto& [address, inode] : from.sockets) {
    if (sockets_.contains(address) || known.spec.listen != address) continue;
    try {
      if (auto socket = take_socket(handle, known.id.pid, inode))
        sockets_.emplace(address, std::move(socket));
    } catch (const std::system_error& error) {
      refused[address] = error.what();
    }
  }
  // Whether one that was starting has become ready in between, nobody knows: it runs.
  const auto found =
      std::make_shared<child>(executor_, known.spec, known.id, std::move(handle),
                              known.draining ? child_state::draining : child_state::ready,
                              std::uintmax_t{0}, watchdog(known.watchdog));
  children_.push_back(found);
  asio::co_spawn(executor_, watch(found), asio::detached);
  if (known.draining) {
    leave(found);
    return;
  }
  auto& place = slot_of(known.spec);
  // The one of two that was started last was to take the other's place.
  if (place.current) leave(place.current);
  place.current = found;
  place.restarts = known.restarts;
  tell(known.spec.name + "  taken over, pid " + std::to_string(known.id.pid));
}

/// The one before was killed when it had started them and not written it down yet.
void supervisor::end_strays(const reporter& tell) {
  for (const auto& each : commands_with(options_.place.path())) {
    // PROGRAM ROLE --config FILE, as launch_process has it
    if (each.words.size() != 4 || each.words[2] != "--config") continue;
    const bool is_known = std::ranges::any_of(
        children_, [&each](const child_ptr& other) { return other->id() == each.id; });
    auto handle = open_process(each.id);
    if (is_known || !handle) continue;
    process_spec spec;
    spec.name = fs::path(each.words[3]).stem();
    spec.part = each.words[1] == to_string(role::gateway) ? role::gateway : role::worker;
    const auto stray = std::make_shared<child>(executor_, spec, each.id, std::move(handle),
                                               child_state::ready, std::uintmax_t{0}, watchdog());
    children_.push_back(stray);
    strays_.push_back(stray);
    asio::co_spawn(executor_, watch(stray), asio::detached);
    leave(stray);
    tell(spec.name + "  draining one that was being started, pid " + std::to_string(each.id.pid));
  }
}

/// Others may need what they have: a port, a file.
asio::awaitable<void> supervisor::end_of_strays() {
  while (!strays_.empty()) {
    const auto next = strays_.back();
    co_await next->until(child_state::ended, clock::time_point::max());
    std::erase(strays_, next);
  }
}

void supervisor::leave(const child_ptr& which) {
  static const reporter silent = [](const std::string&) {}; // outlives what is spawned
  asio::co_spawn(executor_, finish(which, silent), asio::detached);
}

} // namespace squall::supervisor
