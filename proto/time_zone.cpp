#include "proto/time_zone.hpp"

#include <date/tz.h>

#include <stdexcept>
#include <string>

namespace squall::proto {

using std::chrono::local_seconds;
using std::chrono::sys_seconds;

std::optional<time_zone> time_zone::find(std::string_view name) {
  time_zone out;
  if (name == "UTC") return out;
  try {
    out.zone_ = date::locate_zone(std::string{name});
  } catch (const std::runtime_error&) { // also when the system has no database
    return std::nullopt;
  }
  return out;
}

time_zone::span time_zone::at(sys_seconds time) const {
  if (!zone_) return {};
  const auto info = zone_->get_info(time);
  return {info.offset, info.end};
}

sys_seconds time_zone::first(local_seconds time) const {
  if (!zone_) return sys_seconds{time.time_since_epoch()};
  const auto info = zone_->get_info(date::local_seconds{time.time_since_epoch()});
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return sys_seconds{time.time_since_epoch()} - info.first.offset;
}

} // namespace squall::proto
