#pragma once

#include "proto/errc.hpp"
#include "proto/job.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// Which of a queue's ready items is handed out next.
enum class queue_order : std::uint8_t {
  fifo,     ///< the one put first
  lifo,     ///< the one put last
  priority, ///< the one of the highest priority; among equals the one put first
};

/// What a queue is told when it is made or changed.
struct queue_settings {
  queue_order order = queue_order::priority;
  std::uint32_t maxsize = 0;             ///< most ready items, above which a put waits; 0: no bound
  std::uint32_t max_attempts = 5;        ///< an item that failed so often is dead
  std::uint32_t lease_ms = 30'000;       ///< of a lease that names no time of its own
  std::uint32_t backoff_ms = 1'000;      ///< pause behind the first failed attempt; doubles
  std::uint32_t backoff_cap_ms = 60'000; ///< longest pause
  bool paused = false;                   ///< nothing is handed out
  std::uint32_t max_running = 0;         ///< most items that are leased at a time; 0: no limit
  std::uint32_t rate_count = 0;          ///< so many items are handed out ...
  std::uint32_t rate_ms = 1'000; ///< ... in this time; see `rate_bucket`. 0 of them: no limit

  friend bool operator==(const queue_settings&, const queue_settings&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_settings& x) {
  return f(caf::meta::type_name("squall.queue_settings"), x.order, x.maxsize, x.max_attempts,
           x.lease_ms, x.backoff_ms, x.backoff_cap_ms, x.paused, x.max_running, x.rate_count,
           x.rate_ms);
}

/// An item that is being put.
struct new_item {
  std::string body;           ///< JSON text, passed on unparsed
  std::uint8_t priority = 5;  ///< 0 to 9, higher first; looked at in queues of order `priority`
  std::uint64_t delay_ms = 0; ///< before it is ready for the first time
  job_options job{};          ///< what makes it a job

  friend bool operator==(const new_item&, const new_item&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, new_item& x) {
  return f(caf::meta::type_name("squall.new_item"), x.body, x.priority, x.delay_ms, x.job);
}

/// An item that was handed out, until its lease is acked, nacked, or runs out.
struct leased_item {
  std::uint64_t id = 0; ///< unique in its store; 0 is invalid
  std::string lease;    ///< names this lease and no other: cannot be guessed, never comes again
  std::string body;
  std::uint8_t priority = 5;
  std::uint32_t attempt = 1;    ///< how often it was handed out, with this time
  std::uint32_t lease_ms = 0;   ///< from the moment when it was handed out
  job_id job{};                 ///< none: it is no job
  std::string kind{};           ///< of a job
  std::uint32_t timeout_ms = 0; ///< of a job's attempt; 0: the kind's default

  friend bool operator==(const leased_item&, const leased_item&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, leased_item& x) {
  return f(caf::meta::type_name("squall.leased_item"), x.id, x.lease, x.body, x.priority, x.attempt,
           x.lease_ms, x.job, x.kind, x.timeout_ms);
}

/// An item that failed too often. It waits in the queue's dead list for people.
struct dead_item {
  std::uint64_t id = 0;
  std::string body;
  std::uint8_t priority = 5;
  std::vector<failed_attempt> attempts;

  friend bool operator==(const dead_item&, const dead_item&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, dead_item& x) {
  return f(caf::meta::type_name("squall.dead_item"), x.id, x.body, x.priority, x.attempts);
}

/// A queue's books. Totals count from the making of the queue.
struct queue_stats {
  std::string name;
  queue_settings settings;
  std::uint64_t ready = 0;
  std::uint64_t delayed = 0; ///< put with a delay, or failed and pausing before the next attempt
  std::uint64_t leased = 0;
  std::uint64_t dead = 0;
  std::uint64_t done = 0;       ///< jobs that are kept for their results
  std::uint64_t cancelled = 0;  ///< jobs that are kept
  std::uint64_t unfinished = 0; ///< put, and not ended: what `join` waits for
  std::uint32_t getters = 0;    ///< that wait
  std::uint32_t putters = 0;    ///< that wait
  std::uint32_t joiners = 0;    ///< that wait
  std::uint64_t oldest_ms = 0;  ///< age of the oldest ready item
  std::uint64_t bytes = 0;      ///< of all items' bodies
  std::uint64_t total_put = 0;
  std::uint64_t total_leased = 0;
  std::uint64_t total_acked = 0;
  std::uint64_t total_nacked = 0;
  std::uint64_t total_expired = 0; ///< leases that ran out, or whose holder died
  double put_rate = 0;             ///< items a second, over about the last ten seconds
  double ack_rate = 0;

  friend bool operator==(const queue_stats&, const queue_stats&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_stats& x) {
  return f(caf::meta::type_name("squall.queue_stats"), x.name, x.settings, x.ready, x.delayed,
           x.leased, x.dead, x.done, x.cancelled, x.unfinished, x.getters, x.putters, x.joiners,
           x.oldest_ms, x.bytes, x.total_put, x.total_leased, x.total_acked, x.total_nacked,
           x.total_expired, x.put_rate, x.ack_rate);
}

/// What passed through all queues of a gateway since its start, also those that are gone.
struct queue_events {
  std::uint64_t put = 0;
  std::uint64_t leased = 0;
  std::uint64_t acked = 0;
  std::uint64_t nacked = 0;
  std::uint64_t expired = 0; ///< leases that ran out, or whose holder died

  friend bool operator==(const queue_events&, const queue_events&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_events& x) {
  return f(caf::meta::type_name("squall.queue_events"), x.put, x.leased, x.acked, x.nacked,
           x.expired);
}

/// What can be asked of the queues of a gateway.
enum class queue_op : std::uint8_t {
  define,  ///< make the queue, or change its settings. `settings`. Answer: `stats`, `created`
  remove,  ///< with all its items; whoever waits gets `not_found`
  stats,   ///< of `queue`, or of all when it is empty. Answer: `stats`, `events`
  put,     ///< `items`, all or none; waits for room; see `lease`, `jobs`. Answer: `ids`, or `jobs`
           ///< when they are jobs (all or none of them are), or `queue_full`
  lease,   ///< at most `count` items; waits for the first. Answer: `items`, none when none came
  ack,     ///< `lease`: the item is finished; a job with `result`. `lease_lost` when it is not held
  nack,    ///< `lease`: this attempt failed because of `error`
  extend,  ///< `lease`: for `lease_ms` from now on; a job with its progress as `result`, if any
  release, ///< `lease`: the item was never looked at: back, and the attempt not counted
  join,    ///< waits until nothing is unfinished, or fails with `deadline_exceeded`
  dead,    ///< lists at most `count` dead items. Answer: `dead`
  revive,  ///< dead items `ids` (all when empty) become ready, their attempts forgotten.
           ///< Answer: `ids`
  pause,   ///< hand nothing out. Answer: `stats`
  resume,  ///< hand out again. Answer: `stats`
  purge,   ///< removes all ready and delayed items, or those of the dead list. Answer: `purged`
  job_get, ///< the jobs `jobs`; a single one is waited for until it is ended, or see `seen`.
           ///< Answer: `jobs`, in their order, as they are then; `not_found` when one is not there
  job_list,   ///< `filter`. Answer: `jobs` without params and results, `next`
  job_cancel, ///< `jobs`, one: it is not run any more. Answer: `jobs`, as it is now; one that is
              ///< ended stays as it is
};

/// One request to the queues. Only the members that the operation names are looked at.
struct queue_request {
  std::uint64_t id = 0; ///< the asker's name for it; 0: no answer is wanted
  queue_op op = queue_op::stats;
  std::string queue;
  std::uint32_t timeout_ms = 0; ///< put, lease, join, job_get: how long it may wait; 0: not at all
  queue_settings settings;
  std::vector<new_item> items;
  std::uint32_t count = 1;
  std::uint32_t lease_ms = 0; ///< 0: the queue's own
  std::uint64_t holder = 0;   ///< lease: a session of the asker. Its leases go back when it ends
                              ///< (`queue_batch::ended`). 0: they go back with the asker alone
  bool create = false;        ///< put, lease: make the queue when there is none
  std::vector<std::string> kinds; ///< lease: only jobs of these kinds; "": items that are no jobs.
                                  ///< Empty: whatever comes
  std::string lease;  ///< put: only while it is held, otherwise `lease_lost`; it stays held
  std::string result; ///< ack: JSON; extend: JSON, the job's progress
  std::string error;
  std::string worker;         ///< ack, nack: who ran it
  std::uint32_t delay_ms = 0; ///< nack: pause before it is ready again
  bool backoff = false;       ///< nack: the pause grows with the attempts, as the queue is set
  std::vector<std::uint64_t> ids;
  bool dead = false; ///< purge: the dead items instead of those that wait. nack: no more attempts
  std::vector<job_id> jobs; ///< put: one to cancel; when it is ended, nothing is put or answered
  job_filter filter;
  std::uint64_t seen = 0; ///< job_get: wait only until `job_view::changes` is above this; 0: until
                          ///< the job is ended

  friend bool operator==(const queue_request&, const queue_request&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_request& x) {
  return f(caf::meta::type_name("squall.queue_request"), x.id, x.op, x.queue, x.timeout_ms,
           x.settings, x.items, x.count, x.lease_ms, x.holder, x.create, x.kinds, x.lease, x.result,
           x.error, x.worker, x.delay_ms, x.backoff, x.ids, x.dead, x.jobs, x.filter, x.seen);
}

/// What an asker sends to a broker in one turn. The sender of the message is the asker.
struct queue_batch {
  std::vector<queue_request> requests;
  std::vector<std::uint64_t> cancelled; ///< ids of requests that need not wait any more; they are
                                        ///< not answered, unless their answer is on its way
  std::vector<std::uint64_t> ended;     ///< holders whose leases go back

  friend bool operator==(const queue_batch&, const queue_batch&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_batch& x) {
  return f(caf::meta::type_name("squall.queue_batch"), x.requests, x.cancelled, x.ended);
}

/// The one answer to a request. `code` is `errc::none` when it was done.
struct queue_answer {
  std::uint64_t id = 0;
  queue_op op = queue_op::stats; ///< of the request
  errc code = errc::none;
  std::string message; ///< of an error, for people
  bool created = false;
  std::uint32_t lease_ms = 0;     ///< extend: the time that was given
  std::vector<std::uint64_t> ids; ///< put: in the order of the request's items
  std::vector<leased_item> items;
  std::vector<queue_stats> stats; ///< by name
  std::vector<dead_item> dead;    ///< in the order in which they died
  queue_events events;            ///< stats: of all queues, whichever was asked for
  std::uint64_t purged = 0;       ///< purge: so many items
  std::vector<job_view> jobs;
  std::uint64_t next = 0; ///< job_list: `job_filter::below` of the next list; 0: there is none

  friend bool operator==(const queue_answer&, const queue_answer&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_answer& x) {
  return f(caf::meta::type_name("squall.queue_answer"), x.id, x.op, x.code, x.message, x.created,
           x.lease_ms, x.ids, x.items, x.stats, x.dead, x.events, x.purged, x.jobs, x.next);
}

/// What a broker sends to an asker in one turn.
struct queue_answers {
  std::vector<queue_answer> answers;
  std::vector<std::string>
      revoked{}; ///< leases of the asker whose job was cancelled: it is to stop

  friend bool operator==(const queue_answers&, const queue_answers&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, queue_answers& x) {
  return f(caf::meta::type_name("squall.queue_answers"), x.answers, x.revoked);
}

} // namespace squall::proto
