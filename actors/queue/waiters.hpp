#pragma once

#include "actors/queue/store.hpp"
#include "proto/queue.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace squall::actors {

struct queue_lines;

/// A put, lease, join or job_get that is not answered yet.
struct waiter {
  std::uint64_t asker = 0;
  proto::queue_request request;
  queue_lines* at = nullptr;
  std::list<waiter>* line = nullptr; ///< of these lines
  std::list<waiter>::iterator self;
  std::uint64_t number = 0; ///< rises in the order of arrival
  std::uint64_t turn = 0;   ///< in which it came
  bool waits = false;       ///< it could not be served at once
  unix_ms deadline = 0;     ///< when it waits
  std::size_t bytes = 0;    ///< of a put's items, when it waits
};

/// Who wants the same of a queue's items, first come first.
struct getter_line {
  std::list<waiter> waiters;
  bool due = false; ///< there may be items for them
};

/// Who waits at one queue, first come first, and what has to be looked at in this turn. Who asks
/// for a job watches at lines of that job's own.
struct queue_lines {
  std::string name;
  std::list<waiter> putters;
  std::map<std::vector<std::string>, getter_line> getters; ///< by the kinds that they want
  std::list<waiter> joiners;
  std::list<waiter> watchers;

  bool touched = false;
  bool puts_due = false;    ///< a put may find room now
  bool leases_due = false;  ///< a lease may find items now, whatever it wants
  bool joins_due = false;   ///< nothing may be unfinished now
  bool job_changed = false; ///< or somebody has just asked for it
  bool job_ended = false;   ///< or is gone; may have, at least
  bool starved = false;     ///< the first putter waits for the store's memory
  std::size_t puts_tried = 0;
  std::size_t leases_tried = 0;

  std::list<waiter>& line_of(const proto::queue_request& request);
  /// Calls `visit` with each line.
  template <class Visitor>
  void each_line(Visitor visit) {
    visit(putters);
    for (auto& [kinds, line] : getters)
      visit(line.waiters);
    visit(joiners);
    visit(watchers);
  }
  std::size_t getting() const noexcept;
  bool empty() const noexcept {
    return putters.empty() && getting() == 0 && joiners.empty() && watchers.empty();
  }
  /// Whether there may be items for the getters: for all, or for those who want this kind.
  void set_leases_due(bool due) noexcept;
  void set_leases_due_of(const std::string& kind) noexcept;
  /// Nothing has to be looked at any more, and lines where nobody waits are forgotten.
  void settle_down();
};

/// Getters of one queue for whom there may be items, in the order in which they came, whatever they
/// want. Nobody may leave meanwhile.
class due_getters {
public:
  explicit due_getters(queue_lines& lines);

  /// Null when there is nobody.
  const waiter* first() const noexcept { return heads_.empty() ? nullptr : &*heads_.front().at; }
  /// The first; those behind it are left. The last one of a line is the end of what was due there.
  waiter* next();

private:
  struct head {
    std::list<waiter>::iterator at;
    getter_line* line = nullptr;
  };
  static bool later(const head& a, const head& b) noexcept { return a.at->number > b.at->number; }

  std::vector<head> heads_; ///< the first one on top
};

/// How many of those due are offered to the store, after `tried` of them were in this turn, when
/// this is the first. Those who waited already mostly wait on, so few are tried first; those who
/// came just now all are.
std::size_t share_of(const waiter& first, std::size_t& tried);

/// The name of the lines at which this request waits: its queue's, or that of a job, which no queue
/// can have.
std::string lines_name(const proto::queue_request& request);
std::string lines_name(std::uint64_t job); ///< its item's number

/// All who wait. Adding takes constant time, leaving from anywhere O(log waiters). A waiter's
/// address, and that of its queue's lines, is good until it is erased. Not thread-safe.
class waiters {
public:
  queue_lines& lines_of(const std::string& name);
  /// Null when nobody waits there.
  const queue_lines* find_lines(const std::string& name) const;
  queue_lines* find_lines(const std::string& name);

  /// At the end of its line. Until it is kept it has no deadline and cannot be found.
  waiter& add(queue_lines& at, std::uint64_t asker, proto::queue_request&& request,
              std::uint64_t turn);
  /// It waits from now on until `deadline`.
  void keep(waiter& who, unix_ms deadline);
  void erase(waiter& who);
  /// One that waits leaves its line.
  waiter take_out(waiter& who);
  /// It waits again, at its old place.
  waiter& put_back(waiter&& who);
  /// Forgets a queue where nobody waits.
  void drop_lines(queue_lines& lines) { lines_.erase(lines.name); }

  /// Null when this request does not wait.
  waiter* find(std::uint64_t asker, std::uint64_t request) noexcept;
  std::vector<waiter*> of_asker(std::uint64_t asker) const;
  std::vector<queue_lines*> all_lines();

  /// Null when nobody waits with a deadline.
  waiter* first_due() const noexcept;
  /// Those who wait no longer than until then.
  std::vector<waiter*> due(unix_ms until) const;
  std::size_t put_bytes() const noexcept { return put_bytes_; }

private:
  void enter(waiter& who);
  void leave(waiter& who);

  using requests = std::unordered_map<std::uint64_t, waiter*>;

  std::unordered_map<std::string, queue_lines> lines_;
  std::unordered_map<std::uint64_t, requests> by_asker_;
  std::set<std::pair<std::pair<unix_ms, std::uint64_t>, waiter*>> deadlines_;
  std::uint64_t last_ = 0;
  std::size_t put_bytes_ = 0;
};

} // namespace squall::actors
