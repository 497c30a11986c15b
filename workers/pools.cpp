#include "workers/pools.hpp"

#include "proto/version.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <thread>
#include <utility>

namespace squall::workers {
namespace {

constexpr std::uint32_t waiting_slots = 1'000;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

} // namespace

const kind& known_kind(std::string_view name, const registry& kinds) {
  if (const auto* found = kinds.find(name)) return *found;
  throw std::invalid_argument{"unknown kind \"" + std::string{name} +
                              "\"; the known kinds are: " + kinds.names()};
}

std::uint32_t most_slots_of(const kind& which) {
  return which.info.cpu_bound ? most_threads : most_slots;
}

std::optional<std::uint32_t> parse_slots(std::string_view text, const kind& of) {
  if (text == "auto")
    return of.info.cpu_bound ? std::max(1U, std::thread::hardware_concurrency()) : waiting_slots;
  std::uint32_t slots = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), slots);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (slots == 0 || slots > most_slots_of(of)) return std::nullopt;
  return slots;
}

pool_order parse_pool(std::string_view text, const registry& kinds) {
  auto equals = text.find('=');
  auto name = text.substr(0, equals);
  auto& of = known_kind(name, kinds);
  auto slots = parse_slots(equals == std::string_view::npos ? "auto" : text.substr(equals + 1), of);
  if (!slots)
    throw std::invalid_argument{"the pool \"" + std::string{text} +
                                "\" needs a number of slots from 1 to " +
                                std::to_string(most_slots_of(of)) + ", or auto, after the ="};
  return {of.info.name, *slots};
}

std::vector<pool_order> parse_pools(const std::vector<std::string>& texts, const registry& kinds) {
  std::vector<pool_order> pools;
  for (auto& text : texts) {
    auto pool = parse_pool(text, kinds);
    if (std::ranges::find(pools, pool.kind, &pool_order::kind) != pools.end())
      throw std::invalid_argument{"there are two pools for the kind " + pool.kind};
    pools.push_back(std::move(pool));
  }
  return pools;
}

proto::worker_info describe_process(std::string name, bool local) {
  proto::worker_info who;
  who.host = host_name();
  who.pid = static_cast<std::uint32_t>(::getpid());
  who.name = name.empty() ? who.host + "-" + std::to_string(who.pid) : std::move(name);
  who.id = proto::make_incarnation();
  who.software = proto::software_version;
  who.local = local;
  return who;
}

actors::pool_spec make_pool_spec(const kind& from, std::uint32_t slots, event_loop& loop) {
  actors::pool_spec spec;
  spec.slots = slots;
  spec.work.info = from.info;
  spec.work.run = from.run;
  spec.work.estimate = from.estimate;
  if (from.start) {
    spec.work.post = [&loop](std::function<void()> what) { loop.post(std::move(what)); };
    spec.work.start = [start = from.start, &loop, here = from.starts_anywhere](const task& task,
                                                                               completion done) {
      if (here) return start(loop, task, std::move(done));
      loop.post([start, &loop, task, done = std::move(done)] {
        try {
          start(loop, task, done);
        } catch (const std::exception& error) {
          done(outcome::fail(proto::errc::task_failed, error.what()));
        } catch (...) {
          done(outcome::fail(proto::errc::task_failed,
                             "the handler threw something that is no exception"));
        }
      });
    };
  }
  return spec;
}

} // namespace squall::workers
