#pragma once

#include "deploy/cli/gateway_api.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How a gateway is asked about its queues over HTTP, and how its answers are read.
namespace squall::cli {

/// An item that was leased.
struct leased_item {
  std::string id;
  std::string lease;
  std::string body; ///< JSON text, exactly as it was put
  std::uint32_t attempt = 1;
  std::chrono::milliseconds lease_time{0};

  friend bool operator==(const leased_item&, const leased_item&) = default;
};

/// Path of a queue, with `rest` (which begins with '/' or '?') behind it. Throws `misuse` when
/// `queue` is no name: 1 to 128 of `[A-Za-z0-9._-]`.
std::string queue_path(const std::string& queue, std::string_view rest = "");

/// What is done with a lease: `ack`, `nack` or `extend`. Throws `misuse` for an empty lease.
http_question ask_lease(const std::string& lease, std::string_view verb, std::string body = "");

/// A request for at most `max` items. A `lease_time` of 0 is the queue's own.
http_question ask_items(const std::string& queue, std::chrono::milliseconds timeout,
                        std::uint32_t max, std::chrono::milliseconds lease_time);

/// What is said of every item that is put.
struct item_options {
  int priority = 5;
  std::chrono::milliseconds delay{0};
};

/// One entry of the array that `items` takes.
std::string item_entry(std::string_view body, const item_options& options);

/// Puts items, as entries with commas between them: all of them or none.
http_question put_items(const std::string& queue, std::string_view entries,
                        std::chrono::milliseconds timeout);

/// Reads one of the items of a `lease`'s answer. Nothing when it is none.
std::optional<leased_item> read_leased(std::string_view item);

/// The texts of the items of a `lease`'s answer.
std::vector<std::string_view> items_of(std::string_view answer);

} // namespace squall::cli
