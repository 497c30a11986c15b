#include "deploy/supervisor/supervisor.hpp"

#include "deploy/supervisor/listen_socket.hpp"
#include "deploy/supervisor/log_file.hpp"
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
                             current ? place->second.restarts : 0, each->patience()});
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
  launch what{options_.program,     {}, inherited_environment(),
              place.log(spec.name), -1, options_.watchdog};
  what.arguments = {std::string(to_string(spec.part)), "--config", place.config(spec.name)};
  for (const auto& [name, value] : spec.environment)
    what.environment[name] = value;
  what.environment["NOTIFY_SOCKET"] = place.notify();
  what.environment[log_variable] = what.log;
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
  auto made =
      std::make_shared<child>(executor_, spec, id, open_child(id.pid), child_state::starting,
                              none ? std::uintmax_t{0} : size, watchdog(options_.watchdog));
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
  // In a fresh file, all that is there came behind its start.
  const auto begin = which.log_begin() <= text.size() ? which.log_begin() : 0;
  std::istringstream stream(text.substr(begin));
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
