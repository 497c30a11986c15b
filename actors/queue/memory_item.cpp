#include "actors/queue/memory_item.hpp"

#include "actors/queue/failures.hpp"

#include <utility>

namespace squall::actors {
std::size_t cost_of(const memory_item& item) {
  auto out = item_overhead + item.body.size();
  for (const auto& each : item.failures)
    out += sizeof(each) + each.error.size();
  return out;
}

void add_failure(memory_item& item, std::string error, unix_ms now) {
  cut_error(error);
  if (item.failures.size() == most_failures) item.failures.erase(item.failures.begin());
  item.failures.push_back({item.attempt, now, std::move(error)});
}

} // namespace squall::actors
