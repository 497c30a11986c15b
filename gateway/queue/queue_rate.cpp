#include "gateway/queue/queue_rate.hpp"

#include <algorithm>
#include <array>

namespace squall::gateway {
namespace {

constexpr std::uint32_t most = 1'000'000;

struct unit {
  std::string_view name;
  std::uint32_t ms;
};
constexpr std::array units{unit{"/s", 1'000}, unit{"/m", 60'000}, unit{"/h", 3'600'000}};

} // namespace

std::string rate_text(const proto::queue_settings& settings) {
  const auto* const in = std::ranges::find(units, settings.rate_ms, &unit::ms);
  if (settings.rate_count == 0 || in == units.end()) return {};
  return std::to_string(settings.rate_count).append(in->name);
}

complaint read_rate(std::string_view value, proto::queue_settings& to) {
  std::string text;
  const bool none = value == "null" || (!read_string(value, text) && text.empty());
  to.rate_count = 0;
  to.rate_ms = proto::queue_settings{}.rate_ms;
  if (none) return std::nullopt;
  const auto* const in =
      std::ranges::find_if(units, [&text](const unit& each) { return text.ends_with(each.name); });
  if (in != units.end()) {
    const auto digits = std::string_view{text}.substr(0, text.size() - in->name.size());
    to.rate_ms = in->ms;
    if (!read_integer(digits, std::uint32_t{1}, most, to.rate_count)) return std::nullopt;
  }
  return R"(1 to 1000000 items a second, minute or hour are needed, as in "100/s", "5/m" or "9/h")";
}

} // namespace squall::gateway
