#pragma once

#include "gateway/queue/queue_port.hpp"
#include "gateway/ws/dialect.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace squall::gateway::rpc {

/// The jobs that one connection watches, and which ones it has submitted. Sends `job.updated` for
/// each change and waits for the next one behind it, so that of changes that come faster the newest
/// is told. To a client that does not read nothing is sent: it gets the newest states when it does.
/// Owned by its session; io thread.
class subscriptions final : private queue_sink {
public:
  /// Most jobs that are watched, but for those that were being submitted when all were asked for;
  /// and most submitted ones that are remembered: the newest.
  static constexpr std::size_t most = 16'384;

  /// Who wants to know of a job; it may be both.
  enum class wish : std::uint8_t {
    by_id = 1,
    mine = 2, ///< all that the connection submits
  };

  subscriptions(queue_port& queues, ws::message_port& port) : queues_{queues}, port_{port} {}
  /// Takes back what is open.
  ~subscriptions();
  subscriptions(const subscriptions&) = delete;
  subscriptions& operator=(const subscriptions&) = delete;

  std::size_t size() const noexcept { return watches_.size(); }
  /// Whether what is submitted is watched.
  bool watches_mine() const noexcept { return mine_; }

  /// The client will be told of the job as it is here. Nothing comes of one that is ended.
  void watch(const proto::job_view& job, wish why);
  /// The client was told of a job that had changed so often: of its changes behind that it is told
  /// from now on, if it is watched.
  void told(const proto::job_id& job, std::uint64_t changes);
  void unwatch(const proto::job_id& job);

  /// Remembers a job that was submitted.
  void remember(const proto::job_id& job);
  /// All jobs that are submitted are to be watched from now on. Gives those that were before, the
  /// oldest first.
  std::vector<proto::job_id> watch_mine();
  void unwatch_mine();

  /// The gateway drains: its queues let nobody wait any more.
  void drain() noexcept { draining_ = true; }
  /// The client reads, or some time has passed: tells of what could not be told before.
  void catch_up();

private:
  using clock = std::chrono::steady_clock;

  struct watched {
    proto::job_id job;
    std::uint64_t seen = 0;          ///< `job_view::changes` that the client knows
    queue_port::ticket question = 0; ///< 0: it is held or late, or its last one failed
    std::uint8_t wishes = 0;         ///< bits of `wish`; not 0
    bool is_held = true;             ///< before the client was told of it
    bool is_late = false;            ///< has changed, which could not be told
    bool catches_up = false;         ///< its question is about what could not be told
  };
  using tag = std::uint64_t; ///< a job's item number

  void on_queue_answer(tag which, proto::queue_answer&& answer) override;
  void tell(tag which, const proto::queue_answer& answer);
  void ask(tag which, watched& about);
  void ask_later();
  void ask_failed();
  void drop(tag which, wish why);
  void forget(tag which);

  queue_port& queues_;
  ws::message_port& port_;
  std::unordered_map<tag, watched> watches_;
  std::deque<tag> late_;
  std::size_t catching_up_ = 0;
  std::size_t failed_ = 0;       ///< watches whose last question failed, or could not wait
  clock::time_point not_before_; ///< those are asked again then
  std::vector<proto::job_id> submitted_;
  std::size_t oldest_ = 0; ///< of `submitted_`, once it is full
  bool mine_ = false;
  bool draining_ = false;
};

} // namespace squall::gateway::rpc
