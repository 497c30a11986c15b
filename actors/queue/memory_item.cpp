#include "actors/queue/memory_item.hpp"

#include <utility>

namespace squall::actors {
namespace {

constexpr std::size_t most_error_bytes = 4'096;
constexpr std::size_t most_failures = 100;

void cut(std::string& error) {
  if (error.size() <= most_error_bytes) return;
  auto end = most_error_bytes;
  while (end > 0 && (static_cast<unsigned char>(error[end]) & 0xC0) == 0x80) // inside a character
    --end;
  error.resize(end);
  error.shrink_to_fit();
}

} // namespace

std::size_t cost_of(const memory_item& item) {
  auto out = item_overhead + item.body.size();
  for (const auto& each : item.failures)
    out += sizeof(each) + each.error.size();
  return out;
}

void add_failure(memory_item& item, std::string error, unix_ms now) {
  cut(error);
  if (item.failures.size() == most_failures) item.failures.erase(item.failures.begin());
  item.failures.push_back({item.attempt, now, std::move(error)});
}

} // namespace squall::actors
