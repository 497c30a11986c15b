#pragma once

#include "actors/queue/store.hpp"
#include "proto/queue.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace squall::actors {

struct queue_lines;

/// A put, lease or join that is not answered yet.
struct waiter {
  std::uint64_t asker = 0;
  proto::queue_request request;
  queue_lines* at = nullptr;
  std::list<waiter>::iterator self;
  std::uint64_t number = 0; ///< rises in the order of arrival
  std::uint64_t turn = 0;   ///< in which it came
  bool waits = false;       ///< it could not be served at once
  unix_ms deadline = 0;     ///< when it waits
  std::size_t bytes = 0;    ///< of a put's items, when it waits
};

/// Who waits at one queue, first come first, and what has to be looked at in this turn.
struct queue_lines {
  std::string name;
  std::list<waiter> putters;
  std::list<waiter> getters;
  std::list<waiter> joiners;

  bool touched = false;
  bool puts_due = false;   ///< a put may find room now
  bool leases_due = false; ///< a lease may find items now
  bool joins_due = false;  ///< nothing may be unfinished now
  bool starved = false;    ///< the first putter waits for the store's memory
  std::size_t puts_tried = 0;
  std::size_t leases_tried = 0;

  std::list<waiter>& line_of(proto::queue_op op) noexcept;
  bool empty() const noexcept { return putters.empty() && getters.empty() && joiners.empty(); }
};

/// All who wait. Adding takes constant time, leaving from anywhere O(log waiters). A waiter's
/// address, and that of its queue's lines, is good until it is erased. Not thread-safe.
class waiters {
public:
  queue_lines& lines_of(const std::string& queue);
  /// Null when nobody waits there.
  const queue_lines* find_lines(std::string_view queue) const;

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
