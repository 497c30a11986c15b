#include "workers/registry.hpp"

#include <stdexcept>
#include <utility>

namespace squall::workers {

void registry::add(kind added) {
  auto name = added.info.name;
  if (name.empty()) throw std::invalid_argument{"a kind needs a name"};
  auto cpu = added.info.cpu_bound;
  if (static_cast<bool>(added.run) != cpu || static_cast<bool>(added.start) == cpu)
    throw std::invalid_argument{"the kind " + name + " needs " + (cpu ? "run" : "start") +
                                ", and not " + (cpu ? "start" : "run")};
  if (!kinds_.try_emplace(name, std::move(added)).second)
    throw std::invalid_argument{"there is a kind " + name + " already"};
}

const kind* registry::find(std::string_view name) const {
  auto found = kinds_.find(name);
  return found == kinds_.end() ? nullptr : &found->second;
}

std::vector<std::string> registry::all_names() const {
  std::vector<std::string> all;
  for (const auto& [name, kind] : kinds_)
    all.push_back(name);
  return all;
}

std::string registry::names() const {
  std::string all;
  for (auto& [name, kind] : kinds_)
    all += (all.empty() ? "" : ", ") + name;
  return all;
}

} // namespace squall::workers
