#include "workers/changed_work.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace squall::workers {
namespace {

/// What there is, with how much of it.
using amounts = std::map<std::string, std::string>;

amounts amounts_of(const work_orders& orders) {
  amounts all;
  for (const auto& [kind, slots] : orders.pools)
    all.emplace(kind, std::to_string(slots));
  for (const auto& [queue, kind, slots] : orders.consumes)
    all.emplace("queue " + queue, kind + ":" + std::to_string(slots));
  return all;
}

void add_line(std::string& to, const std::string& line) {
  to.append(to.empty() ? "" : "\n").append(line);
}

/// Each by itself, so that every mistake is found, then all together.
template <class Each, class All>
auto read(const std::string& flag, const std::vector<std::string>& texts, const registry& kinds,
          std::string& mistakes, Each each, All all) {
  const auto before = mistakes.size();
  for (const auto& text : texts) {
    try {
      static_cast<void>(each(text, kinds));
    } catch (const std::invalid_argument& error) {
      add_line(mistakes, flag + ": " + error.what());
    }
  }
  if (mistakes.size() == before) {
    try {
      return all(texts, kinds);
    } catch (const std::invalid_argument& error) {
      add_line(mistakes, flag + ": " + error.what());
    }
  }
  return decltype(all(texts, kinds)){};
}

} // namespace

std::string changed_work(const work_orders& from, const work_orders& to) {
  const auto before = amounts_of(from);
  const auto after = amounts_of(to);
  std::string text;
  const auto begin = [&text](const std::string& name) -> std::string& {
    return text.append(text.empty() ? "" : ", ").append(name);
  };
  for (const auto& [name, amount] : after) {
    const auto known = before.find(name);
    if (known == before.end())
      begin(name).append(" ").append(amount).append(" (new)");
    else if (known->second != amount)
      begin(name).append(" ").append(known->second).append(" -> ").append(amount);
  }
  for (const auto& [name, amount] : before)
    if (!after.contains(name)) begin(name).append(" gone");
  return text;
}

work_orders parse_work(const std::vector<std::string>& pools,
                       const std::vector<std::string>& consumes, const registry& kinds) {
  std::string mistakes;
  work_orders orders{read("pool", pools, kinds, mistakes, parse_pool, parse_pools),
                     read("consume", consumes, kinds, mistakes, parse_consume, parse_consumes)};
  if (!mistakes.empty()) throw std::invalid_argument{mistakes};
  return orders;
}

} // namespace squall::workers
