#pragma once

#include "proto/schedule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace squall::gateway {

/// What is done with schedules.
enum class schedule_op : std::uint8_t { set, get, list, remove, pause, resume };

/// The requests to the queues that do one thing with schedules, one after another: a schedule is a
/// job (`proto::schedule`), which is found by its kind, and changed by a put in its place. When it
/// was due meanwhile, or somebody else changed it, all is done again. Pure, but for the clock.
class schedule_talk {
public:
  /// `about` is the whole schedule to `set`, and otherwise one that has no more than its name.
  schedule_talk(schedule_op op, proto::schedule about) : op_{op}, about_{std::move(about)} {}

  proto::queue_request begin();
  /// Takes the answer to the request before, which was no error. Gives the next one; nothing when
  /// all is done.
  std::optional<proto::queue_request> go_on(const proto::queue_answer& answer);

  // When all is done:
  /// Whether there was a schedule of that name; of `set`, before.
  bool found() const noexcept { return found_; }
  /// What the client is told, as JSON; empty: no more than that it was done.
  std::string take_text() { return std::exchange(text_, {}); }

private:
  using next = std::optional<proto::queue_request>;

  proto::queue_request find(std::uint64_t below = 0);
  next on_put(const proto::queue_answer& answer);
  next on_found(const proto::queue_answer& answer);
  next on_read(const proto::queue_answer& answer);
  next read_all(const proto::queue_answer& answer);
  next change(const proto::job_id& id, proto::schedule what);
  next tell(const proto::schedule& what);
  next tell_all();

  schedule_op op_;
  proto::schedule about_;
  bool found_ = false;
  std::uint64_t next_page_ = 0;                          ///< of a list
  std::vector<std::pair<std::string, std::string>> all_; ///< of a list: names and texts
  std::optional<proto::schedule> changed_;
  std::string text_;
};

} // namespace squall::gateway
