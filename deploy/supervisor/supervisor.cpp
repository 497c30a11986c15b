#include "deploy/supervisor/supervisor.hpp"

#include "deploy/supervisor/listen_socket.hpp"
#include "deploy/supervisor/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <sstream>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::supervisor {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t shown_lines = 20; ///< of the log of a process that did not start

std::string state_word(child_state state) {
  switch (state) {
  case child_state::starting:
    return "starting";
  case child_state::ready:
    return "ready";
  case child_state::draining:
    return "draining";
  case child_state::ended:
    break;
  }
  return "restarting";
}

process_view view_of(const child& which, std::uint32_t restarts) {
  const auto& id = which.id();
  return {which.spec().name,
          which.spec().part,
          state_word(which.state()),
          id.pid,
          seconds_running(id).value_or(0),
          restarts,
          resident_bytes(id.pid),
          which.status()};
}

} // namespace

supervisor::supervisor(asio::any_io_executor executor, supervisor_options options)
    : executor_(std::move(executor)), options_(std::move(options)) {}

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
  for (const auto& known : before.processes)
    adopt(known, before, tell);
  if (children_.empty()) return false;
  for (const auto& [address, inode] : before.sockets)
    if (!sockets_.contains(address))
      tell("the socket of " + address +
           " could not be taken from a gateway that has it: when that " +
           "is restarted, clients are refused for a moment");
  return true;
}

void supervisor::adopt(const known_process& known, const state& from, const reporter& tell) {
  auto handle = open_process(known.id);
  if (!handle) return;
  for (const auto& [address, inode] : from.sockets) {
    if (sockets_.contains(address) || known.spec.listen != address) continue;
    if (auto socket = take_socket(handle, known.id.pid, inode))
      sockets_.emplace(address, std::move(socket));
  }
  // Whether one that was starting has become ready in between, nobody knows: it runs.
  const auto found = std::make_shared<child>(
      executor_, known.spec, known.id, std::move(handle),
      known.draining ? child_state::draining : child_state::ready, std::uintmax_t{0});
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

void supervisor::leave(const child_ptr& which) {
  static const reporter silent = [](const std::string&) {}; // outlives what is spawned
  asio::co_spawn(executor_, finish(which, silent), asio::detached);
}

supervisor::slot& supervisor::slot_of(const process_spec& spec) {
  const auto seed = std::hash<std::string>()(spec.name);
  auto& place =
      slots_.try_emplace(spec.name, slot{spec, {}, false, 0, restart_policy(seed)}).first->second;
  place.spec = spec;
  return place;
}

void supervisor::open_sockets(const plan& wanted) {
  std::map<std::string, descriptor> opened;
  for (const auto& each : wanted.groups)
    if (!each.listen.empty() && !sockets_.contains(each.listen) && !opened.contains(each.listen)) {
      // One whose socket could not be taken over has the address still, and keeps it.
      const bool taken = std::ranges::any_of(children_, [&each](const child_ptr& other) {
        return other->spec().listen == each.listen;
      });
      if (!taken) opened.emplace(each.listen, listen_on(each.listen));
    }
  sockets_.merge(opened);
}

void supervisor::close_unused_sockets() {
  std::erase_if(sockets_, [this](const auto& entry) {
    return std::ranges::none_of(
        slots_, [&entry](const auto& other) { return other.second.spec.listen == entry.first; });
  });
}

void supervisor::save() const {
  state now{wanted_, {}, {}};
  for (const auto& each : children_) {
    const auto place = slots_.find(each->spec().name);
    const bool current = place != slots_.end() && place->second.current == each;
    now.processes.push_back({each->spec(), each->id(), each->state() >= child_state::draining,
                             current ? place->second.restarts : 0});
  }
  for (const auto& [address, socket] : sockets_)
    now.sockets.emplace(address, inode_of(socket));
  try {
    write_file(options_.place.state(), to_text(now));
  } catch (const std::system_error& error) {
    spdlog::error("the state cannot be kept, so that no other supervisor could go on from it: {}",
                  error.what());
  }
}

supervisor::child_ptr supervisor::launch_process(const process_spec& spec) {
  const auto& place = options_.place;
  write_file(place.config(spec.name), config_of(spec));
  launch what{options_.program, {}, inherited_environment(), place.log(spec.name), -1};
  what.arguments = {std::string(to_string(spec.part)), "--config", place.config(spec.name)};
  for (const auto& [name, value] : spec.environment)
    what.environment[name] = value;
  what.environment["NOTIFY_SOCKET"] = place.notify();
  // Whether a group scales itself may change while a gateway runs, and asking costs next to
  // nothing.
  if (spec.part == role::gateway) what.environment[load_variable] = "1";
  if (!spec.listen.empty()) {
    // A socket that could not be taken over is free once its gateway has ended.
    if (!sockets_.contains(spec.listen)) sockets_.emplace(spec.listen, listen_on(spec.listen));
    what.listen_socket = sockets_.at(spec.listen).get();
  }
  std::error_code none;
  const auto size = fs::file_size(what.log, none);
  const auto id = spawn(what);
  auto made = std::make_shared<child>(executor_, spec, id, open_child(id.pid),
                                      child_state::starting, none ? std::uintmax_t{0} : size);
  children_.push_back(made);
  asio::co_spawn(executor_, watch(made), asio::detached);
  return made;
}

asio::awaitable<void> supervisor::watch(child_ptr which) {
  co_await which->watch();
  std::erase(children_, which);
  loads_.forget(which->id().pid);
  const auto at = slots_.find(which->spec().name);
  const bool current = at != slots_.end() && at->second.current == which;
  if (current) at->second.current = nullptr;
  save();
  if (!current || at->second.held || stopping_) co_return;
  spdlog::warn("{} ended unexpectedly: {}; its log is {}", which->spec().name,
               describe_end(which->end()), options_.place.log(which->spec().name).string());
  co_await revive(which->spec().name, which->age());
}

asio::awaitable<void> supervisor::revive(std::string name, std::chrono::milliseconds ran) {
  asio::steady_timer timer(executor_);
  const auto waits = [this, &name] {
    const auto at = slots_.find(name);
    return at != slots_.end() && !at->second.current && !at->second.held && !stopping_;
  };
  while (waits()) {
    const auto pause = slots_.at(name).pauses.next(ran);
    spdlog::info("{} is started again in {} ms", name, pause.count());
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
    if (!waits()) co_return;
    auto& place = slots_.at(name);
    ++place.restarts;
    ran = {};
    try {
      place.current = launch_process(place.spec);
      save();
      co_return;
    } catch (const std::exception& error) {
      spdlog::error("{} cannot be started: {}", name, error.what());
    }
  }
}

void supervisor::hear(const notice& what) {
  for (const auto& each : children_) {
    if (each->id().pid != what.from) continue;
    const auto before = each->state();
    each->hear(what);
    if (const auto load = what.values.find(load_variable); load != what.values.end())
      hear_load(*each, load->second);
    const auto at = slots_.find(each->spec().name);
    const bool again = before == child_state::starting && each->state() == child_state::ready &&
                       at != slots_.end() && !at->second.held;
    if (again) spdlog::info("{} is ready again, pid {}", each->spec().name, each->id().pid);
  }
}

std::string supervisor::last_words(const child& which) const {
  const auto text = read_file(options_.place.log(which.spec().name)).value_or("");
  std::istringstream stream(text.substr(std::min<std::size_t>(text.size(), which.log_begin())));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  std::string words;
  for (auto i = lines.size() - std::min(lines.size(), shown_lines); i < lines.size(); ++i)
    words += "\n    " + lines[i];
  return words;
}

std::vector<process_view> supervisor::view() const {
  std::vector<process_view> all;
  for (const auto& [name, place] : slots_) {
    if (place.current)
      all.push_back(view_of(*place.current, place.restarts));
    else
      all.push_back({name, place.spec.part, "restarting", 0, 0, place.restarts, 0, ""});
  }
  for (const auto& each : children_) {
    const auto at = slots_.find(each->spec().name);
    if (at == slots_.end() || at->second.current != each) all.push_back(view_of(*each, 0));
  }
  std::ranges::stable_sort(all, {}, &process_view::part);
  return all;
}

} // namespace squall::supervisor
