#pragma once

#include "proto/queue.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What clients say of requests to queues, from JSON and query strings. Each function says for
/// people which member is wrong and why, or nothing when all is good. Pure, but for the clock that
/// an item's `run_at` is set against.
namespace squall::gateway {

/// Most items that one request puts or leases.
inline constexpr std::uint32_t most_queue_items = 1'000;
/// How long a put, lease or join waits when its client does not say.
inline constexpr std::uint32_t default_queue_wait_ms = 30'000;

using complaint = std::optional<std::string>;
using member_names = std::span<const std::string_view>;

/// A request as it is before its client has said anything: with the documented defaults.
proto::queue_request queue_request_of(proto::queue_op op);

/// Whether the operation begins something, which a gateway that drains does not; what is leased can
/// be finished there.
bool begins_work(proto::queue_op op) noexcept;

/// Takes the members of the JSON object `text`, which must be among `names`. `detach` takes the
/// holder away that the request has.
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
