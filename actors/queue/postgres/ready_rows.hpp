#pragma once

#include "actors/queue/postgres/flight.hpp"
#include "actors/queue/postgres/item_rows.hpp"
#include "actors/queue/store.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace squall::actors::postgres {

/// The ready items of queues in the order in which they are handed out, of which each is locked
/// with its being read; those that others have locked are passed over. What many want of one queue
/// is read for all of them at once.
class ready_rows {
public:
  ready_rows(flight& through, item_rows& items) : through_{through}, items_{items} {}

  /// To be read together: `most` items of these kinds will be asked for.
  void expect(const stored_queue& queue, std::span<const std::string> kinds, std::uint32_t most);
  /// See `store_tables::next`.
  std::vector<proto::leased_item> next(const stored_queue& queue,
                                       std::span<const std::string> kinds, std::uint32_t most);
  /// What was read may have changed.
  void forget() { lines_.clear(); }

private:
  using wish = std::pair<std::uint64_t, std::vector<std::string>>; ///< (queue, kinds)

  struct line {
    std::deque<proto::leased_item> items;
    std::uint32_t wanted = 0;
    bool is_whole = false; ///< there are no more
  };

  void ask(const wish& which, line& to);
  void read(const rows& from, line& to);

  flight& through_;
  item_rows& items_;
  std::map<wish, line> lines_;
};

} // namespace squall::actors::postgres
