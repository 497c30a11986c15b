#include "actors/backoff.hpp"

#include <algorithm>

namespace squall::actors {

backoff::duration backoff::next() noexcept {
  // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
  auto bits = (random_ += 0x9E3779B97F4A7C15ULL);
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
  bits ^= bits >> 31;
  auto full = next_;
  next_ = std::min(most_, next_ * 2);
  auto half = static_cast<std::uint64_t>(full.count() / 2);
  return full - duration{bits % (half + 1)};
}

} // namespace squall::actors
