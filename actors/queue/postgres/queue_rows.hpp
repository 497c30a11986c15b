#pragma once

#include "actors/queue/durable/stored_item.hpp"
#include "actors/queue/postgres/flight.hpp"
#include "actors/queue/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace squall::actors::postgres {

/// The queues that a transaction has to do with, in memory until it ends. Their books are sums over
/// all gateways; what this one adds to them goes to rows of its own. Asks in the flight that it is
/// given, and knows the answers when that has landed.
class queue_rows {
public:
  /// \param now for rates
  queue_rows(flight& through, std::uint64_t writer, unix_ms now)
      : through_{through}, writer_{writer}, now_{now} {}

  /// To be known. Those that are known already are read again, and what was counted stays counted.
  void ask(const std::vector<std::string>& names);
  void ask_all();
  void ask_of_items(const array_text& items);
  void ask_number(std::uint64_t id);

  /// Whether it was asked for.
  bool knows(std::string_view name) const { return asked_.contains(name); }
  /// Null when there is none of this name, or it was not asked for.
  stored_queue* find(std::string_view name);
  stored_queue* find(std::uint64_t id);
  std::vector<stored_queue*> all();

  stored_queue& add(const std::string& name, const proto::queue_settings& settings);
  void set(stored_queue& queue, const proto::queue_settings& settings);
  void erase(const stored_queue& queue);
  std::uint64_t count();

  /// Asks to have everything written that was counted.
  void save();

private:
  /// All that is counted of a queue: items by state, ready jobs, bytes, totals.
  static constexpr std::size_t counters = proto::item_states + 7;
  using counts = std::array<std::uint64_t, counters>;

  struct known {
    stored_queue queue;
    counts read{}; ///< as they were
    rate_bucket::contents read_rate;
  };

  static counts counts_of(const stored_queue& queue) noexcept;
  static void set_counts(stored_queue& queue, const counts& to) noexcept;
  void read(const rows& from);
  /// Those of these names that others have removed, and maybe made again.
  void forget_gone(const std::vector<std::string>& names, const rows& from);
  void save_books();
  void save_rates();

  flight& through_;
  std::uint64_t writer_;
  unix_ms now_;
  std::map<std::string, bool, std::less<>> asked_;
  std::map<std::string, known, std::less<>> queues_;
  std::unordered_map<std::uint64_t, known*> numbers_;
};

} // namespace squall::actors::postgres
