#pragma once

#include "gateway/access/guard.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/queue/queue_port.hpp"
#include "gateway/queue/unsent_leases.hpp"
#include "gateway/rpc/job_roll.hpp"
#include "gateway/rpc/message.hpp"
#include "gateway/rpc/queue_methods.hpp"
#include "gateway/rpc/subscriptions.hpp"
#include "gateway/ws/dialect.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::gateway::rpc {

/// `/v1/ws`: JSON-RPC 2.0. Every kind is a method; besides there are `call` (with timeout and
/// priority), `cancel`, `ping`, `status`, `authenticate` and those of queues and jobs. Answers come
/// as they are ready, those of a batch together. What was leased here goes back at the end, unless
/// it was detached and sent. Owned by its WebSocket session; io thread.
class session final : public ws::dialect, private answer_sink, private queue_sink {
public:
  /// Most open requests of one connection; what is beyond is answered `overloaded`.
  static constexpr std::size_t max_open = 16'384;
  /// Most bytes that the params of its open requests have together; beyond, the same.
  static constexpr std::size_t max_open_bytes = 16 * 1024 * 1024;

  /// Most tokens of one connection that were shown before the present one and count for what is
  /// open, see `run_authenticate`; one more is refused.
  static constexpr std::size_t max_earlier = 8;

  /// \param status renders the answer of the method `status`
  /// \param max_job_bytes `settings::max_job_bytes`
  /// \param who has perhaps shown a token in the handshake
  session(ws::message_port& port, dispatcher& calls, queue_port& queues,
          dispatcher::renderer status, std::size_t max_job_bytes, const access::visitor& who);
  ~session() override;
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void on_message(std::string_view text, bool is_text) override;
  void on_drain() override;
  bool is_known() override { return who_.is_known(); }
  void on_access_changed() override;
  void on_sent() override;
  std::size_t open() const noexcept override { return open_; }

private:
  /// See `subscriptions::told`.
  struct told_job {
    proto::job_id id;
    std::uint64_t changes;
  };

  /// The responses of a batch, sent when nothing holds it open.
  struct batch {
    explicit batch(queue_port& queues) noexcept : unsent{queues} {}
    std::string text;
    std::size_t waiting = 0;    ///< requests to be answered, and the reading of the batch
    unsent_leases unsent;       ///< detached ones, in `text`
    std::vector<told_job> told; ///< that are watched, in `text`
  };
  using batch_ptr = std::shared_ptr<batch>;

  struct open_call {
    dispatcher::ticket ticket = 0; ///< 0: the place is free
    std::uint64_t serial = 0;      ///< orders calls by age
    std::size_t bytes = 0;
    std::string id;                      ///< as the client wrote it; empty: a notification
    batch_ptr group;                     ///< null: answered alone
    answer_text tell = nullptr;          ///< of queues; null: a call
    bool detached = false;               ///< leases for nobody's life
    std::uint32_t wait_ms = 0;           ///< see `queue_task`; 0 from the time on when it waits
    std::optional<bool> existed;         ///< whether the job did that it waits for
    std::shared_ptr<schedule_talk> talk; ///< see `queue_task`
    std::shared_ptr<job_roll> roll;      ///< looks at all jobs that were submitted
    bool submits = false;                ///< jobs
    proto::job_id subscribes{};          ///< to this job, when the answer comes
    std::size_t expects = 0;             ///< so many jobs may be watched then
  };

  void on_answer(std::uint64_t tag, proto::result&& answer) override;
  void on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) override;

  void run(const request& entry, const batch_ptr& group);
  void run_batch(const std::vector<request>& entries);
  void run_call(const request& entry, const batch_ptr& group);
  void run_kind(std::string_view kind, const request& entry, const batch_ptr& group);
  void run_queue(const queue_method& method, const request& entry, const batch_ptr& group);
  void run_subscribe_mine(const request& entry, const batch_ptr& group, std::size_t bytes);
  void run_cancel(const request& entry, const batch_ptr& group);
  void run_authenticate(const request& entry, const batch_ptr& group);
  bool has_anything_open() const noexcept;
  bool is_let_in(const request& entry, const batch_ptr& group);
  bool may(const access::need& what, const request& entry, const batch_ptr& group);
  bool pass(access::verdict result, const access::need& what, const request& entry,
            const batch_ptr& group);
  bool wait_for_job(std::size_t place, const proto::queue_answer& submitted);
  bool go_on(std::size_t place, const proto::queue_answer& answer);
  std::size_t jobs_to_watch(const queue_task& task) const;
  bool admit_watches(std::size_t count, const request& entry, const batch_ptr& group);
  void watch_jobs(std::size_t place, const proto::queue_answer& answer);
  void watch(const proto::job_view& job, subscriptions::wish why, const batch_ptr& group);
  bool roll_on(std::size_t place, proto::queue_answer& answer);
  void end_roll(const open_call& call);
  void stop_watching(const queue_task& task);
  subscriptions& watches();
  void watch_leases(const open_call& call, std::vector<proto::leased_item>&& items);
  void submit(call_request work, const request& entry, const batch_ptr& group);
  void inspect(const request& entry, const batch_ptr& group);
  bool admit(std::size_t bytes, const request& entry, const batch_ptr& group,
             bool begins_work = true);
  void take_back(const open_call& call);
  void finish(const open_call& call, const proto::result& answer);
  std::size_t open_place(const request& entry, const batch_ptr& group, std::size_t bytes);
  open_call close_place(std::size_t place);
  bool cancel_newest(std::string_view id);
  void index_calls();

  void reply(std::string_view id, const batch_ptr& group, const proto::result& answer);
  void fail(std::string_view id, const batch_ptr& group, proto::errc code, std::string why);
  void release(const batch_ptr& group);
  std::string known_methods() const;

  ws::message_port& port_;
  dispatcher& calls_;
  queue_port& queues_;
  dispatcher::renderer status_;
  std::size_t max_job_bytes_;
  access::visitor who_;
  std::vector<access::visitor> earlier_; ///< under whom something may be open still
  std::vector<open_call> places_;        ///< a call's tag is its place
  std::vector<std::uint32_t> free_;
  /// Open calls by id and age; kept from a `cancel` until no call is open, for most clients never
  /// cancel anything.
  std::map<std::pair<std::string, std::uint64_t>, std::size_t> by_id_;
  bool is_indexed_ = false;
  std::size_t open_ = 0;
  std::size_t open_bytes_ = 0;
  std::uint64_t serial_ = 0;
  std::string scratch_;                    ///< keeps its memory between answers
  std::unique_ptr<subscriptions> watches_; ///< from the first job on that was submitted or watched
  std::size_t expected_ = 0;               ///< `open_call::expects` of all
  bool draining_ = false;
  bool holds_ = false;   ///< items may be leased that go back when the connection ends
  unsent_leases unsent_; ///< detached ones
};

} // namespace squall::gateway::rpc
