#pragma once

#include "actors/queue/lease_book.hpp"
#include "actors/queue/store.hpp"
#include "actors/queue/waiters.hpp"
#include "proto/queue.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace squall::actors {

/// Who waits for what at the queues, and who holds which leases, in front of a store. Requests of a
/// batch that do not depend on each other go to the store together: uses of leases first, then
/// puts, then leases, each kind in the order in which it came. Plain state without clock or CAF:
/// operations change it, and `take` gives what has to be sent because of them. Not thread-safe.
///
/// Times are Unix time and must never go back. An asker is a number of the owner's; 0 is nobody,
/// who gets no answers and so no leases.
class broker_core {
public:
  using asker = std::uint64_t;

  /// `items` must live longer. Puts of more than `max_waiting_bytes` together may not wait.
  /// `look_every_ms` is for a store in which others put items with times: so often at least it is
  /// looked at for what is due; 0: only when something must be.
  broker_core(store& items, std::size_t max_waiting_bytes, unix_ms look_every_ms = 0)
      : items_{items}, max_waiting_bytes_{max_waiting_bytes}, look_every_ms_{look_every_ms} {}

  /// Requests, cancellations and ends of one asker. Requests are moved out of the batch.
  void handle(asker from, proto::queue_batch& batch, unix_ms now);
  /// The asker is no more: its leases go back, what it waits for is forgotten. Gives the number of
  /// its leases.
  std::size_t lose(asker who, unix_ms now);
  /// Answers who waited long enough, and has the store give back what was leased long enough. To
  /// be called at `next`.
  void tick(unix_ms now);
  std::optional<unix_ms> next() const noexcept;
  /// What others did to the store may serve who waits here.
  void hear(const proto::store_news& news, unix_ms now);
  /// Nobody waits any more, now or later.
  void drain(unix_ms now);

  /// Ends a turn, which may be several batches: has the store commit it, and gives what has to be
  /// sent. When the store fails, that is `unavailable` for all who asked for something in the turn,
  /// and who waited for an item or a join before goes on waiting.
  std::map<asker, proto::queue_answers> take(unix_ms now);
  /// Why the store failed when it was used last, for people; empty when it did not.
  const std::string& trouble() const noexcept { return trouble_; }
  /// Turns in which the store was used, whatever came of it.
  std::uint64_t commits() const noexcept { return commits_; }

  /// Of leases that are held by somebody.
  const lease_book& leases() const noexcept { return book_; }

private:
  /// Whose request it is.
  struct user {
    asker from = 0;
    std::uint64_t request = 0;
    proto::queue_op op = proto::queue_op::ack;
  };
  /// Who waited before this turn, and what it gets if the turn is kept.
  struct served {
    waiter who;
    proto::queue_answer answer;
  };
  /// Whose leases go back: of all its holders, or of one.
  using leaver = std::pair<asker, std::optional<std::uint64_t>>;

  // broker_core.cpp: what comes in
  void accept(asker from, proto::queue_request& request, unix_ms now);
  void accept_admin(asker from, const proto::queue_request& request, unix_ms now);
  void accept_waiter(asker from, proto::queue_request& request, unix_ms now);
  /// What is wrong with a put or a lease, whatever is in the store; empty: nothing.
  static std::string fault_of(const proto::queue_request& request);
  void use_lease(asker from, proto::queue_request& request);
  /// Gives the number of leases.
  std::size_t give_back(const leaver& who);
  /// Nobody waits for the answer any more. Who stood behind it may be next.
  void leave_line(waiter& who);
  bool too_large(const proto::queue_request& put, unix_ms now);
  /// Of those who may wait no longer than until then.
  void end_waits(unix_ms until, unix_ms now);

  // broker_core_changes.cpp: what changes without being asked for
  void expire(unix_ms now);
  /// There may be something for anybody who waits.
  void touch_all();
  void memory_freed();

  // broker_core_admin.cpp: what is answered at once
  void define(asker from, const proto::queue_request& request, unix_ms now);
  void set_paused(asker from, const proto::queue_request& request, unix_ms now);
  void purge(asker from, const proto::queue_request& request);
  void remove(asker from, const proto::queue_request& request);
  void stats(asker from, const proto::queue_request& request, unix_ms now);
  void dead(asker from, const proto::queue_request& request, unix_ms now);
  void revive(asker from, const proto::queue_request& request, unix_ms now);
  /// Those of `ids` that were dead.
  std::vector<std::uint64_t> revived(const std::string& queue, std::span<const std::uint64_t> ids,
                                     unix_ms now);
  /// The books of one queue, or of all when `queue` is empty, with those who wait.
  std::vector<proto::queue_stats> shown(const std::string& queue, unix_ms now);
  void add_waiting(proto::queue_stats& stats) const;

  // broker_core_jobs.cpp: what is asked about jobs
  void job_get(asker from, proto::queue_request& request, unix_ms now);
  /// Of several jobs, which are not waited for.
  void jobs_get(asker from, const proto::queue_request& request, unix_ms now);
  void job_list(asker from, const proto::queue_request& request, unix_ms now);
  void job_cancel(asker from, const proto::queue_request& request, unix_ms now);
  std::vector<proto::job_view> jobs_now(std::span<const proto::job_id> ids, unix_ms now);
  void cancelled_one(const settled& outcome);
  /// Answers who asked for jobs that have changed, or may not wait; the others wait. Looks once.
  void serve_gets(unix_ms now);
  void get_done(waiter& who, const proto::job_view& job, unix_ms now);
  /// Whether the clock or a change of the job may give it an answer.
  bool may_get(const waiter& who, unix_ms now) const noexcept;
  /// Who waits for this job, or for any of the queue, may have an answer.
  void touch_job(const proto::job_id& job, bool ended);
  void touch_jobs_of(const std::string& queue);

  // broker_core_serve.cpp: who waits is served
  /// Does everything that can be done now, and lets wait who is left.
  void serve(unix_ms now);
  /// Answers or keeps who is not served. True when somebody left who stood in others' way.
  bool let_wait(unix_ms now);
  bool serve_puts(unix_ms now);
  void put_done(waiter& who, store_put& put, put_outcome& outcome, unix_ms now);
  void put_refused(waiter& who, store_put& put, put_refusal why);
  void serve_joins(queue_lines& lines, unix_ms now);
  void keep_or_refuse(std::list<waiter>& line, unix_ms now);
  /// It may not wait, or not any more.
  void refuse_wait(waiter& who, bool drained);
  queue_lines& touch(const std::string& queue);
  void touch(queue_lines& lines);
  void forget_touched();
  void look_at(unix_ms when);

  // broker_core_leases.cpp: items are handed out and settled
  void settle(unix_ms now);
  void settled_one(const user& of, const settlement& use, const std::optional<settled>& outcome);
  /// Whether the lease and the job that a put names let it be done; the job is cancelled then.
  bool may_put(asker from, const proto::queue_request& put, unix_ms now);
  void count(const settlement& use) noexcept;
  bool serve_leases(unix_ms now);
  void lease_done(waiter& who, lease_outcome& outcome, unix_ms now);

  // broker_core_turn.cpp: what becomes of a turn
  store& items() noexcept;
  /// Does a part of the turn, unless the store has failed in it.
  template <class Part>
  void attempt(Part part) {
    if (failure_) return;
    try {
      part();
    } catch (const store_failure& failure) {
      give_up(failure.what());
    }
  }
  /// The store failed in this turn.
  void give_up(std::string why);
  void keep_turn();
  /// Nothing of the turn has happened.
  void void_turn(unix_ms now);
  /// What is answered then.
  static proto::queue_answer failed(const std::string& why);
  /// Has what failed in earlier turns done now.
  void try_again();

  // broker_core_turn.cpp: answers. They leave when the turn is kept; those to who waited too long
  // in any case.
  /// `to`, `request` and `op` say whose answer it is.
  void answer(asker to, std::uint64_t request, proto::queue_op op, proto::queue_answer&& with);
  void refuse(asker to, const proto::queue_request& request, proto::errc code, std::string why);
  /// Answer a waiter, which leaves.
  void finish(waiter& who, proto::queue_answer&& with = {});
  void fail(waiter& who, proto::errc code, std::string why);
  /// The same, whatever becomes of the turn if it waited before.
  void dismiss(waiter& who, proto::queue_answer&& with);

  store& items_;
  std::size_t max_waiting_bytes_;
  unix_ms look_every_ms_;
  bool draining_ = false;
  waiters waiters_;
  lease_book book_;
  std::vector<settlement> uses_; ///< to be settled together
  std::vector<user> users_;      ///< whose `uses_` they are, place by place
  std::vector<queue_lines*> touched_;
  std::unordered_set<queue_lines*> starved_;
  /// When the store may have something to expire. It may come with leases of an earlier process.
  std::optional<unix_ms> look_at_ = 0;
  /// When the rates of queues allow an item for who waits there.
  std::set<std::pair<unix_ms, std::string>> rated_;
  proto::queue_events events_;
  std::map<asker, proto::queue_answers> mail_;

  // of this turn
  std::uint64_t turn_ = 1;
  bool used_ = false;                  ///< the store was
  std::optional<std::string> failure_; ///< of the store
  std::vector<user> asked_;            ///< who is told when nothing comes of the turn
  std::vector<served> served_;
  std::vector<user> cancelled_;
  std::vector<leaver> leavers_;
  std::vector<std::string> void_leases_;            ///< by others' doing
  std::map<asker, proto::queue_answers> sure_mail_; ///< whatever becomes of the turn
  bool tried_again_ = false;

  // of earlier turns
  std::uint64_t commits_ = 0;
  std::string trouble_;
  bool try_again_ = false;         ///< there was one of which nothing came
  std::vector<leaver> unreturned_; ///< whose leases could not be given back
  proto::queue_events kept_events_;
};

} // namespace squall::actors
