#pragma once

#include "proto/call.hpp"
#include "proto/kind_info.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::gateway {

/// How the elements of one call are spread. Views of the params.
struct spread_plan {
  struct part {
    std::uint32_t first_index; ///< of its elements among all
    std::string_view elements; ///< with the commas between them
  };
  std::string_view before; ///< the params up to and with the array's `[`
  std::string_view after;  ///< from the array's `]` on
  std::vector<part> parts; ///< at least two, or none: the call is not worth it
  std::size_t elements = 0;

  /// The params of one part.
  std::string params_of(const part& which) const;
};

/// Plans about four parts a slot, and none so small that sending it costs more than its work.
/// Nothing when the params are no object with the kind's array: then the kind is to judge them.
std::optional<spread_plan> plan_spread(const proto::kind_info& kind, std::uint32_t slots,
                                       std::string_view params);

/// The first part's body with the elements of all bodies in its array `member`; nothing when a body
/// is no object with that array. Texts are copied as they are.
std::optional<std::string> merge_bodies(std::string_view member,
                                        const std::vector<proto::result>& parts);

} // namespace squall::gateway
