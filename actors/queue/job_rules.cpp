#include "actors/queue/job_rules.hpp"

#include <string_view>
#include <unordered_map>

namespace squall::actors {

bool keys_agree(std::span<const proto::new_item> items) {
  std::unordered_map<std::string_view, std::uint64_t> seen;
  for (const auto& each : items) {
    const auto& key = each.job.idempotency_key;
    if (key.empty()) continue;
    const auto [found, is_new] = seen.try_emplace(key, each.job.fingerprint);
    if (!is_new && found->second != each.job.fingerprint) return false;
  }
  return true;
}

std::size_t listed_bytes(const proto::job_view& job) noexcept {
  auto out = sizeof(job);
  for (const auto& each : job.attempts)
    out += sizeof(each) + each.error.size();
  return out;
}

} // namespace squall::actors
