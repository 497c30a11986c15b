#pragma once

#include "proto/queue.hpp"

#include <algorithm>
#include <cstdint>

namespace squall::actors {

/// The pause behind a failed attempt (from 1 on): doubles with each from `backoff_ms` to
/// `backoff_cap_ms`, and is shortened by up to a half by `random`, so that items that failed
/// together do not come back together.
inline std::uint32_t retry_pause_ms(const proto::queue_settings& settings, std::uint32_t attempt,
                                    std::uint64_t random) noexcept {
  const auto doublings = std::min<std::uint32_t>(attempt > 0 ? attempt - 1 : 0, 31);
  const auto full = std::min<std::uint64_t>(std::uint64_t{settings.backoff_ms} << doublings,
                                            settings.backoff_cap_ms);
  return static_cast<std::uint32_t>(full - random % (full / 2 + 1));
}

} // namespace squall::actors
