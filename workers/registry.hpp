#pragma once

#include "workers/fetch/settings.hpp"
#include "workers/kind.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace squall::workers {

/// Every kind that a process could offer, by name. A program adds its own with `add`; nothing else
/// has to know of them.
class registry {
public:
  /// Adds a kind. Throws `std::invalid_argument` when it has no name, a name that is taken, or not
  /// exactly the function that its `info.cpu_bound` asks for.
  void add(kind added);

  /// The kind with this name, or null.
  const kind* find(std::string_view name) const;

  /// All names, by the alphabet.
  std::vector<std::string> all_names() const;
  /// The same, separated by ", ".
  std::string names() const;

private:
  std::map<std::string, kind, std::less<>> kinds_;
};

/// The kinds that come with Squall. Throws `std::invalid_argument` for a setting that cannot be
/// used.
registry built_in_kinds(fetch::settings fetch = {});

} // namespace squall::workers
