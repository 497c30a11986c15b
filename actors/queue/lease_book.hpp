#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace squall::actors {

/// Who holds which leases: askers, and sessions ("holders") of them. Knows only leases that are
/// held: what is settled must be dropped. Changes can be undone until they are kept. Not
/// thread-safe.
class lease_book {
public:
  void add(std::uint64_t asker, std::uint64_t holder, const std::string& lease);
  /// Gives the asker that held it; 0 when nobody did.
  std::uint64_t drop(const std::string& lease);
  /// The leases of a holder, which holds none any more.
  std::vector<std::string> take(std::uint64_t asker, std::uint64_t holder);
  /// The leases of an asker and all its holders.
  std::vector<std::string> take(std::uint64_t asker);

  /// What was changed stays so.
  void keep() noexcept { changes_.clear(); }
  /// Everything is as it was when it was kept last.
  void undo();

  std::size_t leases() const noexcept { return leases_.size(); }
  std::size_t holders() const noexcept { return held_.size(); }

private:
  using holder_key = std::pair<std::uint64_t, std::uint64_t>;
  using held = std::map<holder_key, std::unordered_set<std::string>>;
  using holders_of = std::unordered_map<std::string, holder_key>;

  struct change {
    bool added = false;
    holder_key who;
    std::string lease;
  };

  void insert(const holder_key& who, const std::string& lease);
  /// Gives the lease's name.
  std::string erase(holders_of::iterator lease);
  void take(held::iterator from, std::vector<std::string>& to);

  holders_of leases_;
  held held_;
  std::vector<change> changes_;
};

} // namespace squall::actors
