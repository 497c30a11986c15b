#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

/// What a client was given.
struct known_lease {
  std::string name;
  std::string body; ///< of the item
  std::uint32_t attempt = 0;
};

/// The leases that were given out, also those that ran out meanwhile, in the order in which they
/// were.
class known_leases {
public:
  void add(known_lease lease) { leases_.push_back(std::move(lease)); }
  void erase(const std::string& name) {
    std::erase_if(leases_, [&](const auto& each) { return each.name == name; });
  }
  bool empty() const { return leases_.empty(); }
  /// The one that so many others came after, or the first.
  const known_lease& late(std::size_t after) const {
    return leases_[leases_.size() - std::min(leases_.size(), after + 1)];
  }
  /// The last one of an item that was leased.
  const known_lease& last_of(const std::string& body) const {
    return *std::find_if(leases_.rbegin(), leases_.rend(),
                         [&](const auto& each) { return each.body == body; });
  }
  /// Null when it was not given, or was not the last of its item.
  const known_lease* newest(const std::string& name) const {
    const auto named = [&](const auto& each) { return each.name == name; };
    const auto found = std::ranges::find_if(leases_, named);
    if (found == leases_.end()) return nullptr;
    const auto same_item = [&](const auto& each) { return each.body == found->body; };
    return std::find_if(found + 1, leases_.end(), same_item) == leases_.end() ? &*found : nullptr;
  }

private:
  std::vector<known_lease> leases_;
};

} // namespace squall::tests
