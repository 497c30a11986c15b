#pragma once

#include "workers/consume.hpp"
#include "workers/pools.hpp"

#include <string>
#include <vector>

namespace squall::workers {

/// What a process is to do.
struct work_orders {
  std::vector<pool_order> pools;
  std::vector<consume_order> consumes;

  friend bool operator==(const work_orders&, const work_orders&) = default;
};

/// What is different, in one line for people: "prime 2 -> 4, sleep 8 (new), queue mail gone". Empty
/// when nothing is.
std::string changed_work(const work_orders& from, const work_orders& to);

/// Reads both as flags have them. Throws `std::invalid_argument` with a line for each mistake, see
/// `parse_pools` and `parse_consumes`.
work_orders parse_work(const std::vector<std::string>& pools,
                       const std::vector<std::string>& consumes, const registry& kinds);

} // namespace squall::workers
