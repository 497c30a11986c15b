#include "deploy/supervisor/control_server.hpp"

#include "deploy/supervisor/plan_json.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <stdexcept>

#include <sys/socket.h>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::supervisor {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using nlohmann::json;

namespace {

constexpr std::size_t max_question = 16u << 20;

std::string line_of(const json& what) {
  return what.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

stream_protocol::endpoint fresh_place(const run_directory& place) {
  std::error_code ignored;
  std::filesystem::remove(place.control(), ignored);
  return {place.control().string()};
}

} // namespace

control_server::control_server(asio::any_io_executor executor, const run_directory& place,
                               supervisor& served,
                               std::function<asio::awaitable<bool>(const reporter& tell)> stop)
    : executor_(std::move(executor)), served_(served), stop_(std::move(stop)),
      acceptor_(executor_, fresh_place(place)) {
  asio::co_spawn(executor_, accept(), asio::detached);
}

asio::awaitable<void> control_server::accept() {
  while (true) {
    auto peer = std::make_shared<socket>(co_await acceptor_.async_accept(asio::use_awaitable));
    asio::co_spawn(executor_, serve(std::move(peer)), asio::detached);
  }
}

asio::awaitable<void> control_server::serve(std::shared_ptr<socket> peer) {
  std::string text;
  auto buffer = asio::dynamic_buffer(text, max_question);
  co_await asio::async_read_until(*peer, buffer, '\n', asio::use_awaitable);
  // Whoever reads nothing misses lines; nothing waits for it.
  const reporter tell = [&peer](const std::string& line) {
    const auto bytes = line_of({{"line", line}});
    ::send(peer->native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  };
  json said;
  try {
    const auto question = json::parse(text);
    said = co_await answer(question, tell);
  } catch (const std::exception& error) {
    said = {{"error", error.what()}};
  }
  const auto bytes = line_of(said);
  co_await asio::async_write(*peer, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<json> control_server::answer(const json& question, const reporter& tell) {
  const auto& command = question.at("command").get_ref<const std::string&>();
  if (command == "ps") {
    json processes = to_json(served_.view());
    json scaling = to_json(served_.scaling_view());
    co_return json{
        {"ok", true}, {"processes", std::move(processes)}, {"scaling", std::move(scaling)}};
  }
  if (command == "down") {
    if (served_.is_stopping()) throw std::runtime_error("it is being taken down already");
    const bool well = co_await stop_(tell);
    co_return json{{"ok", well}};
  }
  if (command == "scale") {
    auto wanted = scaled(served_.wanted(), question.at("group").get<std::string>(),
                         question.at("replicas").get<std::uint32_t>());
    co_return co_await change(std::move(wanted), false, tell);
  }
  if (command != "apply") throw std::runtime_error("unknown command " + command);
  auto wanted = question.at("plan").get<plan>();
  const bool dry_run = question.at("dry_run").get<bool>();
  co_return co_await change(std::move(wanted), dry_run, tell);
}

asio::awaitable<json> control_server::change(plan wanted, bool dry_run, const reporter& tell) {
  if (served_.is_changing())
    throw std::runtime_error("another change is under way; try again when it is done");
  if (served_.is_stopping()) throw std::runtime_error("it is being taken down");
  const auto lines = describe(served_.compare(wanted));
  for (const auto& line : lines)
    tell(line);
  if (lines.empty()) tell("nothing differs");
  if (dry_run || lines.empty()) co_return json{{"ok", true}, {"changes", lines.size()}};
  const bool done = co_await served_.apply(std::move(wanted), tell);
  co_return json{{"ok", done}, {"changes", lines.size()}};
}

json to_json(const std::vector<process_view>& processes) {
  auto all = json::array();
  for (const auto& each : processes)
    all.push_back({{"name", each.name},
                   {"role", to_string(each.part)},
                   {"state", each.state},
                   {"pid", each.pid},
                   {"uptime_s", each.seconds},
                   {"restarts", each.restarts},
                   {"memory_bytes", each.memory_bytes},
                   {"status", each.status}});
  return all;
}

json to_json(const std::vector<group_view>& groups) {
  auto all = json::array();
  for (const auto& each : groups) {
    all.push_back({{"name", each.name},
                   {"min", each.limits.min},
                   {"max", each.limits.max},
                   {"wanted", each.wanted},
                   {"ready", each.ready},
                   {"target_waiting_ms", each.limits.target_waiting.count()},
                   {"waiting_ms", nullptr},
                   {"backlog", nullptr},
                   {"busy", nullptr},
                   {"last_change", nullptr}});
    auto& last = all.back();
    if (each.now) {
      if (each.now->waiting) last["waiting_ms"] = each.now->waiting->count();
      last["backlog"] = std::llround(each.now->backlog);
      last["busy"] = std::round(each.now->busy * 100) / 100;
    }
    if (!each.last_change.empty())
      last["last_change"] = {{"what", each.last_change},
                             {"seconds_ago", each.since_last_change.count()}};
  }
  return all;
}

} // namespace squall::supervisor
