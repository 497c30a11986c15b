#pragma once

#include "proto/queue.hpp"
#include "proto/store_news.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace squall::actors {

/// Milliseconds of Unix time: what a durable store can keep.
using unix_ms = std::uint64_t;

/// What became of a `define`.
enum class defined : std::uint8_t {
  made,
  changed,
  no_memory, ///< for now: the store's own bound is reached; nothing was made
};

/// What a `remove` takes away.
enum class removal : std::uint8_t {
  queue,   ///< with all its items
  waiting, ///< ready and delayed items
  dead,    ///< items
};
struct removed {
  std::vector<std::string> leases; ///< that are void now
  std::uint64_t items = 0;
};

/// Items for one queue, all or none of them. Those with a delay may exceed `maxsize` later. Either
/// all of them are jobs or none is.
struct store_put {
  std::string_view queue;
  std::vector<proto::new_item> items; ///< moved from when they are taken, untouched when not
  bool create = false;                ///< with default settings, when there is no such queue
};

/// What became of a `store_put`.
enum class put_refusal : std::uint8_t {
  no_queue,
  no_room,    ///< for now: `maxsize` is reached
  no_memory,  ///< for now: the store's own bound is reached
  too_large,  ///< for ever: more items than `maxsize`, or more bytes than the store holds
  key_reused, ///< for ever: an `idempotency_key` stands for another job
};
/// Ids of items, or the jobs as they are now, without params and results; or why not. A job that
/// `existed` takes no room.
using put_outcome =
    std::variant<std::vector<std::uint64_t>, std::vector<proto::job_view>, put_refusal>;

/// Asks for at most `most` ready items, in the queue's order; a paused queue gives none, and one
/// with limits no more than these allow. Fewer come also when their bodies are more than
/// `most_lease_bytes` together, so that no answer is huge.
struct store_lease {
  std::string_view queue;
  std::uint32_t most = 1;
  std::uint32_t lease_ms = 0;           ///< 0: the queue's own
  bool create = false;                  ///< with default settings, when there is no such queue
  std::span<const std::string> kinds{}; ///< see `queue_request::kinds`; must live until the outcome
};
inline constexpr std::size_t most_lease_bytes = 8 << 20; ///< a larger item comes alone
/// Why a `store_lease` could bring nothing, now or later.
enum class lease_refusal : std::uint8_t {
  no_queue,
  no_memory, ///< for now: the store's own bound is reached, so the queue was not made
};
/// The queue's rate allows an item only then.
struct lease_later {
  unix_ms at = 0;

  friend bool operator==(const lease_later&, const lease_later&) = default;
};
using lease_outcome =
    std::variant<std::vector<proto::leased_item>, lease_refusal, lease_later>; ///< maybe no items

/// What a holder does with its lease, or somebody with a dead item or a job.
enum class settling : std::uint8_t {
  ack, ///< a job is done, other items are forgotten
  nack,
  extend,
  release,
  revive, ///< a dead item becomes ready, its attempts forgotten
  cancel, ///< a job that is not ended is cancelled; its lease, if it is leased, is void
};

/// One change of one item.
struct settlement {
  settling what = settling::ack;
  std::string lease;          ///< all but revive and cancel
  std::string queue;          ///< revive
  std::uint64_t item = 0;     ///< revive
  proto::job_id job;          ///< cancel
  std::string result;         ///< JSON; ack of a job: its result; extend: its progress, or empty
  std::string worker;         ///< ack, nack: who ran it
  std::string error;          ///< nack
  bool no_more = false;       ///< nack: dead at once
  std::uint32_t delay_ms = 0; ///< nack: pause before it is ready again
  bool backoff = false;       ///< nack: pause by the queue's settings, with jitter, instead
  bool lost = false;          ///< nack: counted as a lease that ran out, not as a nack
  std::uint32_t lease_ms = 0; ///< extend, from now on; 0: the queue's own
};

/// The queue whose item it was and, of an extension, its time; nothing when the lease is not held,
/// or there is no such dead item, or no such job that is not ended.
struct settled {
  std::string queue;
  std::uint32_t lease_ms = 0;
  std::optional<unix_ms> next; ///< when its new time, its pause, or the keeping of it is over
  proto::job_id job;           ///< of a job
  proto::item_state state = proto::item_state::ready; ///< of a job: now
  std::string revoked;                                ///< cancel: the lease that is void
  bool limited = false; ///< so many are leased at most: the end of a lease may let others be
};

/// What the clock did to the items.
struct expired {
  std::vector<std::string> queues;  ///< that have more ready items, or fewer unfinished ones
  std::vector<std::string> leases;  ///< that ran out; the items are ready or dead again
  std::vector<proto::job_id> ended; ///< jobs that are dead now, or forgotten
  std::vector<proto::job_id> jobs;  ///< that changed otherwise
  std::optional<unix_ms> next;      ///< when to look again
};

/// What can be looked at: the books of a queue, or of all when `queue` is empty, with the oldest
/// dead items when they are asked for;
struct books_of {
  std::string_view queue;
  std::uint32_t most_dead = 0;
};
/// these jobs, whole; or a list of jobs (`proto::job_filter`).
struct jobs_named {
  std::span<const proto::job_id> ids;
};
using question = std::variant<books_of, jobs_named, proto::job_filter>;

/// A queue's books, and its oldest dead items when they are asked for.
struct queue_view {
  proto::queue_stats stats; ///< but for waiters, which the broker fills in
  std::vector<proto::dead_item> dead;
};
/// The answer to a question.
struct view {
  std::vector<queue_view> queues;    ///< by name
  std::vector<proto::job_view> jobs; ///< those that there are, in the order of the ids, or newest
                                     ///< first
  std::uint64_t next = 0; ///< a list's end: `job_filter::below` of the next; 0: there is no more.
                          ///< A list may end early, even empty, when few of many jobs are meant
};

/// Why a store can do nothing now; the text is for people.
struct store_failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Keeps queues and their items. Knows nothing of who waits: that is the broker's. What is done
/// between two calls of `commit` is a turn, one transaction: a durable store writes once for all
/// the clients that it has in it, and none of them may hear of what was done before `commit`
/// returns. When anything throws `store_failure`, nothing of the turn is done or will be, and all
/// else that is tried in it fails likewise, `commit` too; with the next turn the store tries again.
/// Used by one thread at a time.
class store {
public:
  virtual ~store() = default;

  /// Makes the queue or changes its settings; items that are there stay.
  virtual defined define(std::string_view queue, const proto::queue_settings& settings) = 0;
  /// Nothing when there is no such queue.
  virtual std::optional<removed> remove(std::string_view queue, removal what) = 0;
  /// Puts items. One outcome for each of `puts`, which are taken in order: when one finds no room
  /// or no memory, those behind it for the same queue find none either.
  virtual std::vector<put_outcome> put(std::span<store_put> puts, unix_ms now) = 0;
  /// Hands out ready items. One outcome for each of `asks`, which are served in order.
  virtual std::vector<lease_outcome> lease(std::span<const store_lease> asks, unix_ms now) = 0;
  /// Uses of leases, changes of dead items and of jobs, in order. One outcome for each.
  virtual std::vector<std::optional<settled>> settle(std::span<const settlement> uses,
                                                     unix_ms now) = 0;

  virtual view look(const question& what, unix_ms now) = 0;
  /// Makes items ready whose lease ran out or whose pause is over, jobs dead whose time to live is
  /// over, and forgets ended ones that need not be kept any more.
  virtual expired expire(unix_ms now) = 0;
  /// Ends a turn: from now on what was done in it lasts as long as the store promises.
  virtual void commit() = 0;
};

/// Hears what others do to a store that several gateways share.
class store_watch {
public:
  /// Stops; nothing is told any more when it returns.
  virtual ~store_watch() = default;

  /// Has `tell` called from now on, on a thread of the watch. To be called once.
  virtual void start(std::function<void(proto::store_news)> tell) = 0;
};

} // namespace squall::actors
