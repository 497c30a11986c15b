#pragma once

#include "workers/registry.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace squall::workers {

/// Consumers as a user orders them: each item of `queue` is run as a call of `kind`, `slots` at a
/// time.
struct consume_order {
  std::string queue;
  std::string kind;
  std::uint32_t slots = 1;

  friend bool operator==(const consume_order&, const consume_order&) = default;
};

/// Reads "QUEUE=KIND:N" or "QUEUE=KIND:auto"; "QUEUE=KIND" means auto, see `parse_pool`. Throws
/// `std::invalid_argument` with a text for people that says what would be right.
consume_order parse_consume(std::string_view text, const registry& kinds);

/// Takes out of `texts` those that name a queue alone: a gateway runs the jobs of these. Throws
/// like `parse_consume`.
std::vector<std::string> take_job_queues(std::vector<std::string>& texts);

/// Reads several; a queue given twice is an error.
std::vector<consume_order> parse_consumes(const std::vector<std::string>& texts,
                                          const registry& kinds);

} // namespace squall::workers
