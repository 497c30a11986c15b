#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::actors {

/// The name of a lease: 128 random bits.
struct lease_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const lease_id&, const lease_id&) = default;
};

/// Its bits are random already.
struct lease_id_hash {
  std::size_t operator()(const lease_id& id) const noexcept { return id.low; }
};

/// 32 hexadecimal digits.
std::string to_text(const lease_id& id);
/// Nothing when `text` is not what `to_text` writes.
std::optional<lease_id> lease_id_of(std::string_view text) noexcept;

/// Makes lease ids that nobody can guess, not even from others: bits of the operating system's
/// generator, of which it fetches many at once. Not thread-safe.
class lease_ids {
public:
  /// Throws `store_failure` when the system gives no random bits.
  lease_id next() { return {bits(), bits()}; }
  std::uint64_t bits();

private:
  std::array<std::uint64_t, 512> pool_{};
  std::size_t used_ = pool_.size();
};

} // namespace squall::actors
