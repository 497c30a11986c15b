#pragma once

#include "gateway/queue/member_values.hpp"
#include "proto/queue.hpp"
#include "proto/schedule.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What a gateway sees to that it is there, whether clients make it or not.
namespace squall::gateway {

struct declared_queue {
  std::string name;
  proto::queue_settings settings; ///< whether it is paused is the clients' business

  friend bool operator==(const declared_queue&, const declared_queue&) = default;
};

struct declared_schedule {
  proto::schedule what;
  bool says_paused = false; ///< otherwise whether it is paused is the clients' business

  friend bool operator==(const declared_schedule&, const declared_schedule&) = default;
};

struct declarations {
  std::vector<declared_queue> queues;
  std::vector<declared_schedule> schedules;

  friend bool operator==(const declarations&, const declarations&) = default;
};

/// Takes the settings of a queue, whose name is there, from a JSON object: as it is put at
/// /v1/queues/NAME. Says for people what is wrong, or nothing when all is good.
complaint read_declared(declared_queue& to, std::string_view text);

/// The same of a schedule, as it is put at /v1/schedules/NAME. \param max_params of bytes
complaint read_declared(declared_schedule& to, std::string_view text, std::size_t max_params);

/// What is in `before` and not in `now`, as "queue NAME" and "schedule NAME".
std::vector<std::string> no_longer_declared(const declarations& before, const declarations& now);

} // namespace squall::gateway
