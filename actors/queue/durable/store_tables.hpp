#pragma once

#include "actors/queue/durable/stored_item.hpp"
#include "actors/queue/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors {

/// Items of a queue that are gone.
struct erased {
  std::array<std::uint64_t, proto::item_states> items{}; ///< by state
  std::uint64_t ready_jobs = 0;                          ///< of the ready ones
  std::uint64_t bytes = 0;
};

/// What a durable store keeps, to be used inside of a transaction: tables, and in memory no more
/// than queues. Rules are not its business, but those of `store_work`. A queue's address is good
/// until it is erased, or its transaction fails. Operations throw the library's exceptions, or
/// `store_failure`.
class store_tables {
public:
  virtual ~store_tables() = default;

  // Queues. Their books are saved by whoever ends the transaction.
  /// Null when there is none of this name.
  virtual stored_queue* find_queue(std::string_view name) = 0;
  virtual stored_queue& queue(std::uint64_t id) = 0;
  virtual std::vector<stored_queue*> all_queues() = 0; ///< by name
  virtual std::size_t count_queues() = 0;
  virtual stored_queue& add_queue(std::string_view name, const proto::queue_settings& settings) = 0;
  /// Ready items get their places in the order anew.
  virtual void set_queue(stored_queue& queue, const proto::queue_settings& settings) = 0;
  virtual void erase_queue(stored_queue& queue) = 0;

  // Items, with what makes them jobs.
  virtual std::uint64_t new_item() = 0;  ///< its number
  virtual std::uint64_t new_death() = 0; ///< rises
  /// `row`: as it is to be. An idempotency key stands for it from now on.
  virtual void add(const stored_item& row, const stored_queue& queue, const proto::new_item& item,
                   unix_ms now) = 0;
  /// With what makes it a job.
  virtual std::optional<stored_item> find(std::uint64_t id) = 0;
  /// Reads what makes it a job, if it is one and that was not read.
  virtual void complete(stored_item& item) = 0;
  /// Writes all of it that can change; of a job what was read.
  virtual void update(const stored_item& item) = 0;
  /// A job is handed out; its item is updated, too.
  virtual void begin(std::uint64_t item, unix_ms now) = 0;
  virtual void set_result(std::uint64_t item, const std::string& result) = 0;
  /// With everything that belongs to it.
  virtual void erase(const stored_item& item) = 0;
  /// Those whose states are among these, a bit each.
  virtual erased erase_all(const stored_queue& queue, std::uint32_t states) = 0;

  // What failed, within the bounds of failures.hpp.
  virtual void add_failure(const stored_item& item, const std::string& error,
                           const std::string& worker, unix_ms now) = 0;
  virtual void forget_failures(std::uint64_t item) = 0;

  // Keys.
  virtual std::optional<keyed_job> with_key(const std::string& key, unix_ms now) = 0;
  /// The job that has it and is not ended.
  virtual std::optional<std::uint64_t> unique(std::uint64_t queue, const std::string& key) = 0;
  virtual void take_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) = 0;
  virtual void free_unique(std::uint64_t queue, const std::string& key, std::uint64_t item) = 0;

  // Many items.
  /// The next ready ones, as many as `store_lease` says, in the attempt that follows; of `kinds`
  /// ("": items that are no jobs), or of all when there are none.
  virtual std::vector<proto::leased_item>
  next(const stored_queue& queue, std::span<const std::string> kinds, std::uint32_t most) = 0;
  /// Of those whose time is over at `now` at most `most`, the longest over first.
  virtual std::vector<stored_item> due(unix_ms now, std::uint32_t most) = 0;
  virtual std::optional<unix_ms> next_due() = 0;
  virtual std::vector<stored_item> leased(const stored_queue& queue) = 0;
  virtual std::vector<proto::dead_item> dead(const stored_queue& queue, std::uint32_t most) = 0;
  /// When the oldest ready item was put.
  virtual std::optional<unix_ms> oldest(const stored_queue& queue) = 0;

  // Jobs as they are told of.
  /// Nothing when this item is no job, or is not there.
  virtual std::optional<proto::job_view> view(std::uint64_t item) = 0;
  /// Those that there are, in this order, with their params and results.
  virtual std::vector<proto::job_view> views(std::span<const proto::job_id> ids) = 0;
  /// Writes `jobs` and `next`.
  virtual void list(const proto::job_filter& which, actors::view& out) = 0;
};

} // namespace squall::actors
