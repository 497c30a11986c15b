#include "deploy/supervisor/listen_socket.hpp"
#include "deploy/supervisor/supervisor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <optional>
#include <set>

#include <sys/wait.h>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

/// How a supervisor ends its processes, and what it says of them all.
namespace squall::supervisor {

namespace asio = boost::asio;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// Beyond its drain's time, for all else that a process does at its end.
constexpr milliseconds end_margin{5'000};

/// For one that hangs to end of SIGABRT, and for the system to write its core file.
constexpr milliseconds abort_patience{5'000};

/// One that drains ends with 0; one that had not begun to listen to signals, of SIGTERM.
bool has_ended_well(const std::optional<int>& end) {
  return !end || *end == 0 || (WIFSIGNALED(*end) && WTERMSIG(*end) == SIGTERM);
}

std::string in_ms(milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

} // namespace

asio::awaitable<bool> supervisor::drain_all(std::vector<child_ptr> which, const reporter& tell) {
  for (const auto& each : which) {
    tell(each->spec().name + "  draining");
    each->drain();
  }
  save();
  bool well = true;
  for (const auto& each : which)
    well = co_await finish(each, tell) && well;
  co_return well;
}

/// Waits until one that drains has ended. False when it had to be killed, or said that it failed.
asio::awaitable<bool> supervisor::finish(child_ptr which, const reporter& tell) {
  which->drain();
  const auto begun = clock::now();
  const auto patience = which->spec().drain_timeout + end_margin;
  const auto& name = which->spec().name;
  if (!co_await which->until(child_state::ended, begun + patience)) {
    tell(name + "  has not ended within " + in_ms(patience) + ", and is killed");
    which->signal(SIGKILL);
    co_await which->until(child_state::ended, clock::time_point::max());
    co_return false;
  }
  const bool well = has_ended_well(which->end());
  tell(name + "  ended" + (well ? "" : ", " + describe_end(which->end())) + " after " +
       in_ms(duration_cast<milliseconds>(clock::now() - begun)));
  co_return well;
}

milliseconds supervisor::least_patience() const {
  auto least = options_.watchdog; // of those that are started meanwhile
  for (const auto& each : children_)
    if (const auto one = each->patience(); one.count() > 0)
      least = least.count() > 0 ? std::min(least, one) : one;
  return least;
}

void supervisor::look_for_silence(milliseconds ran) {
  const auto all = children_;
  for (const auto& each : all)
    if (each->pass(ran)) asio::co_spawn(executor_, end_silent(each), asio::detached);
}

/// As systemd does: SIGABRT leaves a core file, where the system keeps them, that shows what it
/// hangs in. It is started again as any that ends by itself.
asio::awaitable<void> supervisor::end_silent(child_ptr which) {
  const auto name = which->spec().name;
  spdlog::error("{} hangs: it has said nothing for {}; it is killed (SIGABRT)", name,
                in_ms(which->patience()));
  which->signal(SIGABRT);
  if (co_await which->until(child_state::ended, clock::now() + abort_patience)) co_return;
  spdlog::error("{} has not ended of SIGABRT within {}; it is killed (SIGKILL)", name,
                in_ms(abort_patience));
  which->signal(SIGKILL);
}

asio::awaitable<bool> supervisor::stop(const reporter& tell) {
  stopping_ = true;
  bool well = true;
  for (const auto part : {role::worker, role::gateway}) {
    std::vector<child_ptr> those;
    std::ranges::copy_if(children_, std::back_inserter(those),
                         [part](const child_ptr& each) { return each->spec().part == part; });
    well = co_await drain_all(std::move(those), tell) && well;
  }
  options_.place.clear();
  co_return well;
}

void supervisor::kill() {
  stopping_ = true;
  for (const auto& each : children_)
    each->signal(SIGKILL);
  options_.place.clear();
}

std::vector<std::string> supervisor::urls() const {
  std::set<std::string> all;
  for (const auto& [name, place] : slots_) {
    const auto& listen = place.spec.listen;
    if (listen.empty()) continue;
    const auto socket = sockets_.find(listen);
    auto where = socket == sockets_.end()
                     ? proto::parse_endpoint(listen).value_or(proto::endpoint())
                     : address_of(socket->second);
    if (where.host == "0.0.0.0") where.host = "127.0.0.1";
    if (where.host == "::") where.host = "::1";
    const bool is_secure = place.spec.flags.contains("tls-cert");
    all.insert((is_secure ? "https://" : "http://") + proto::to_string(where));
  }
  return {all.begin(), all.end()};
}

} // namespace squall::supervisor
