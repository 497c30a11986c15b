#pragma once

#include "gateway/access/token_table.hpp"
#include "gateway/latest.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace squall::gateway::access {

/// Finds out when connections have to look at their tokens again: when tokens were replaced, or one
/// of them has expired. Used on one thread; the tokens outlive it.
class change_watch {
public:
  using time_point = std::chrono::system_clock::time_point;

  change_watch(const latest<token_table>& tokens, time_point now);

  /// Whether that was so since the last look. Costs next to nothing when it was not.
  bool has_changed(time_point now);

private:
  void look(std::int64_t now_ms);

  const latest<token_table>& tokens_;
  std::uint64_t version_ = 0;
  std::optional<std::int64_t> next_expiry_; ///< Unix time in milliseconds
};

} // namespace squall::gateway::access
