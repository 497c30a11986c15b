#pragma once

#include "actors/pool_queue.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <utility>
#include <vector>

namespace squall::test {

using namespace std::chrono_literals;
using actors::outcome;
using actors::pool_queue;
using actors::queued_call;
using actors::steady;

constexpr std::uint32_t gateway = 1;

inline queued_call call(std::uint64_t id, std::uint32_t estimate_us = 2,
                        std::uint32_t link = gateway) {
  return {id, link, 1, 0, estimate_us, steady::time_point::max(), "{}"};
}

inline std::vector<queued_call> calls(std::uint64_t first, std::uint64_t count,
                                      std::uint32_t estimate_us = 2) {
  std::vector<queued_call> made;
  for (std::uint64_t i = 0; i < count; ++i)
    made.push_back(call(first + i, estimate_us));
  return made;
}

inline std::vector<queued_call> one(queued_call call) {
  std::vector<queued_call> made;
  made.push_back(std::move(call));
  return made;
}

/// Everything answered since the last time, by id.
inline std::map<std::uint64_t, proto::errc> answers(pool_queue& queue,
                                                    std::uint32_t link = gateway) {
  std::map<std::uint64_t, proto::errc> found;
  for (auto& done : queue.collect()) {
    if (done.link != link) continue;
    for (auto& result : done.results) {
      CHECK_FALSE(found.contains(result.id));
      found[result.id] = result.code;
    }
  }
  return found;
}

inline outcome fine() {
  return outcome::ok("1");
}

} // namespace squall::test
