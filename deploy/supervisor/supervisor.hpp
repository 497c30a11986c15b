#pragma once

#include "deploy/supervisor/autoscale.hpp"
#include "deploy/supervisor/child.hpp"
#include "deploy/supervisor/difference.hpp"
#include "deploy/supervisor/load_book.hpp"
#include "deploy/supervisor/restart_policy.hpp"
#include "deploy/supervisor/run_directory.hpp"
#include "deploy/supervisor/state.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace squall::supervisor {

/// Takes a line that tells people how far something is.
using reporter = std::function<void(const std::string& line)>;

struct supervisor_options {
  run_directory place;
  std::filesystem::path program; ///< `squall` itself
  std::chrono::milliseconds start_timeout{30'000};
  /// A process that was ready and says nothing for so long is killed; 0: none is.
  std::chrono::milliseconds watchdog{30'000};
};

/// A process for `squall ps`.
struct process_view {
  std::string name;
  role part = role::worker;
  std::string state; ///< starting, ready, draining, or restarting
  pid_t pid = 0;     ///< 0: between two starts
  std::uint64_t seconds = 0;
  std::uint32_t restarts = 0;
  std::uint64_t memory_bytes = 0;
  std::string status;
};

/// A group that scales itself, for `squall ps`.
struct group_view {
  std::string name;
  manifest::scaling limits;
  std::uint32_t wanted = 0;   ///< processes
  std::uint32_t ready = 0;    ///< of them
  std::optional<measure> now; ///< nothing: no gateway has told anything lately
  std::string last_change;    ///< "1 -> 2, about 850 ms of waiting, 100 ms wanted"; empty: none
  std::chrono::seconds since_last_change{0};
};

/// Starts, watches and ends the processes of one deployment, and holds the sockets on which its
/// gateways listen. Whoever owns it holds the lock of the run directory. One thread; it must
/// outlive what it was asked, and nothing that it supervises ends with it.
class supervisor {
public:
  supervisor(boost::asio::any_io_executor executor, supervisor_options options);

  /// Goes on with what another supervisor left: processes, and the sockets that they have. False
  /// when there was nothing. Throws `std::runtime_error` for a state that cannot be read.
  bool take_over(const reporter& tell);

  /// Sees to it that the plan's processes run, and no others; changes only what differs. False when
  /// a process could not be started: then what ran before still does, as far as it was not changed
  /// before. Throws `std::runtime_error`, with nothing changed, for an address that cannot be had.
  boost::asio::awaitable<bool> apply(plan wanted, const reporter& tell);

  /// What `apply` would do.
  difference compare(const plan& wanted) const;

  /// Drains workers, then gateways, and waits until all have ended. False when one did not end
  /// well.
  boost::asio::awaitable<bool> stop(const reporter& tell);
  /// Ends all at once.
  void kill();

  /// What a process says of itself.
  void hear(const notice& what);

  /// How long those that may be silent for the shortest time may be; 0: all for ever.
  std::chrono::milliseconds least_patience() const;

  /// To be called every now and then, behind whatever there is to `hear`: kills those that hang.
  /// \param ran how long this process itself ran since the last time
  void look_for_silence(std::chrono::milliseconds ran);

  /// To be called every second: starts or drains processes of groups that scale themselves, when
  /// what gateways tell of their load asks for it. Does nothing while something is being changed.
  boost::asio::awaitable<void> rescale(const reporter& tell);

  const plan& wanted() const noexcept { return wanted_; }
  std::vector<process_view> view() const;
  std::vector<group_view> scaling_view() const;
  /// Where clients find the deployment, each once: "http://HOST:PORT".
  std::vector<std::string> urls() const;
  /// Whether something is being changed: then nothing else should be.
  bool is_changing() const noexcept { return changing_; }
  bool is_stopping() const noexcept { return stopping_; }

private:
  using child_ptr = std::shared_ptr<child>;
  using clock = child::clock;

  /// The place of one process, whichever fills it.
  struct slot {
    process_spec spec;
    child_ptr current; ///< null: to be started again
    bool held = false; ///< whoever holds it sees to its process
    std::uint32_t restarts = 0;
    restart_policy pauses;
  };

  /// How a group scales itself.
  struct scaled_group {
    autoscaler decides;
    std::optional<measure> now;
    std::string last_change;
    clock::time_point changed_at;
  };

  // takeover.cpp
  void adopt(const known_process& known, const state& from, const reporter& tell,
             std::map<std::string, std::string>& refused);
  void end_strays(const reporter& tell);
  boost::asio::awaitable<void> end_of_strays();
  void leave(const child_ptr& which);

  // supervisor.cpp
  void open_sockets(const plan& wanted);
  void close_unused_sockets();
  void save() const;
  child_ptr launch_process(const process_spec& spec);
  boost::asio::awaitable<void> watch(child_ptr which);
  boost::asio::awaitable<void> revive(std::string name, std::chrono::milliseconds ran);
  slot& slot_of(const process_spec& spec);
  std::string last_words(const child& which) const;

  // changes.cpp
  boost::asio::awaitable<bool> carry_out(const std::vector<change>& changes, const reporter& tell);
  child_ptr try_launch(const process_spec& spec, const reporter& tell);
  boost::asio::awaitable<bool> start_all(std::vector<process_spec> specs, const reporter& tell);
  boost::asio::awaitable<bool> become_ready(child_ptr which, const reporter& tell,
                                            std::string behind);
  boost::asio::awaitable<bool> restart(const process_spec& spec, const reporter& tell);
  boost::asio::awaitable<bool> replace(slot& place, const process_spec& spec, const reporter& tell);
  boost::asio::awaitable<bool> hand_over(slot& place, const process_spec& spec,
                                         const reporter& tell);
  boost::asio::awaitable<bool> reload(const process_spec& spec, const reporter& tell);
  void check_sockets(const std::vector<change>& changes) const;
  bool has_sibling(const child& which) const;

  // endings.cpp
  boost::asio::awaitable<bool> drain_all(std::vector<child_ptr> which, const reporter& tell);
  boost::asio::awaitable<bool> finish(child_ptr which, const reporter& tell);
  boost::asio::awaitable<void> end_silent(child_ptr which);

  // rescale.cpp
  void hear_load(const child& from, const std::string& report);
  std::vector<group_here> worker_groups() const;
  boost::asio::awaitable<bool> grow(const std::string& group, plan next, const reporter& tell);
  void shrink(const std::string& group, plan next);

  boost::asio::any_io_executor executor_;
  supervisor_options options_;
  plan wanted_;
  std::map<std::string, slot> slots_;
  std::vector<child_ptr> children_; ///< all that have not ended, also those that are replaced
  std::vector<child_ptr> strays_;   ///< that no state knows of, on their way out
  std::map<std::string, descriptor> sockets_;
  load_book loads_;
  std::map<std::string, scaled_group> scalers_; ///< by group
  bool changing_ = false;
  bool stopping_ = false;
};

} // namespace squall::supervisor
