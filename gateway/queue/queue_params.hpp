#pragma once

#include "gateway/queue/member_values.hpp"
#include "proto/queue.hpp"

#include <string_view>

/// What clients say of requests to queues, from JSON and query strings. Each function says for
/// people which member is wrong and why, or nothing when all is good. As pure as the reading of
/// values is.
namespace squall::gateway {

/// Most items that one request puts or leases.
inline constexpr std::uint32_t most_queue_items = 1'000;
/// How long a put, lease or join waits when its client does not say.
inline constexpr std::uint32_t default_queue_wait_ms = 30'000;

/// What a client says of a queue that it makes or changes.
inline constexpr std::string_view queue_setting_members[] = {
    "order",      "maxsize",        "max_attempts", "lease_ms",
    "backoff_ms", "backoff_cap_ms", "max_running",  "rate"};

/// A request as it is before its client has said anything: with the documented defaults.
proto::queue_request queue_request_of(proto::queue_op op);

/// Whether the request begins something or waits, which is not done at a gateway that drains; what
/// is leased can be finished there, and jobs looked at and cancelled.
bool begins_work(const proto::queue_request& request) noexcept;

/// Takes the members of the JSON object `text`, which must be among `names`. `detach` takes the
/// holder away that the request has; an `id` that can be no job's gives the id of none.
complaint read_members(proto::queue_request& to, std::string_view text, member_names names);

/// Takes one member, which must be among `names`, from the text of its JSON value.
complaint read_member(proto::queue_request& to, std::string_view name, std::string_view value,
                      member_names names);

/// Takes items to put from one object or an array of them. Bodies stay as they were written; a
/// `run_at` becomes the delay from now on.
complaint read_items(proto::queue_request& to, std::string_view text);

/// Whether `name` can be a queue's.
complaint check_queue_name(std::string_view name);

} // namespace squall::gateway
