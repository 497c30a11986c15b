#include "gateway/dispatcher.hpp"

#include <algorithm>

namespace squall::gateway {

const proto::kind_slots* dispatcher::find_kind(std::string_view name) const noexcept {
  const auto& known = kinds().kinds;
  auto found = std::ranges::find_if(
      known, [name](const proto::kind_slots& entry) { return entry.info.name == name; });
  return found == known.end() ? nullptr : &*found;
}

} // namespace squall::gateway
