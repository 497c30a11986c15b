#include "deploy/cli/bench/pending.hpp"

namespace squall::cli::bench {

std::size_t pending::add(std::uint32_t question, std::int64_t since_ns) noexcept {
  while (slots_[next_].taken)
    next_ = after(next_);
  const auto slot = next_;
  slots_[slot] = {question, true, since_ns};
  next_ = after(next_);
  ++size_;
  return slot;
}

std::optional<pending::entry> pending::remove(std::optional<std::size_t> id) noexcept {
  const auto slot = id.value_or(oldest_);
  if (slot >= slots_.size() || !slots_[slot].taken) return std::nullopt;
  if (!id) oldest_ = after(oldest_);
  slots_[slot].taken = false;
  --size_;
  return slots_[slot];
}

} // namespace squall::cli::bench
