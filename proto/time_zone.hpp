#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace date {
class time_zone;
}

namespace squall::proto {

/// A time zone of the system's database (IANA's), or UTC, for which none is needed. A value that
/// lasts for the life of the process.
class time_zone {
public:
  /// UTC.
  time_zone() = default;
  /// Nothing when the system does not know the name. May read the database the first time.
  static std::optional<time_zone> find(std::string_view name);

  /// How far clocks are set ahead of UTC at some time, and until when.
  struct span {
    std::chrono::seconds offset{0};
    std::chrono::sys_seconds end = std::chrono::sys_seconds::max();
  };
  span at(std::chrono::sys_seconds time) const;

  /// The moment at which clocks show this time: the first when they are set back and do it twice;
  /// when they are set ahead and never do, the moment when they are set.
  std::chrono::sys_seconds first(std::chrono::local_seconds time) const;

private:
  const date::time_zone* zone_ = nullptr; ///< null: UTC
};

} // namespace squall::proto
