#pragma once

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// What others have changed in a store that a gateway shares with them. It may tell of more than
/// has changed, never of less.
struct store_news {
  bool all = false;                ///< some news may have been lost: anything may have changed
  std::vector<std::string> ready;  ///< queues that may have more items to hand out
  std::vector<std::string> freed;  ///< queues that may have more room, or fewer unfinished items
  std::vector<std::uint64_t> jobs; ///< item numbers of jobs that have changed
  std::vector<std::string> void_leases; ///< leases that are held no more, by no doing of the holder
  std::vector<std::string> revoked;     ///< likewise, since their jobs were cancelled

  friend bool operator==(const store_news&, const store_news&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, store_news& x) {
  return f(caf::meta::type_name("squall.store_news"), x.all, x.ready, x.freed, x.jobs,
           x.void_leases, x.revoked);
}

} // namespace squall::proto
