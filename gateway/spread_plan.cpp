#include "gateway/spread_plan.hpp"

#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>

namespace squall::gateway {

namespace {

constexpr std::size_t parts_per_slot = 4;
/// A part has so many elements or bytes at least, if there are as many.
constexpr std::size_t least_elements = 8;
constexpr std::size_t least_bytes = 512;
/// What stands in the params besides the array is copied into every part.
constexpr std::size_t most_besides = 4 * 1024;

std::size_t offset(std::string_view inner, std::string_view outer) {
  return static_cast<std::size_t>(inner.data() - outer.data());
}

/// The array (with its brackets) that is the only member of this name; empty when there is none.
std::string_view find_array(std::string_view object, std::string_view name) {
  std::string_view array;
  auto times = 0;
  proto::json_cursor cursor{object};
  const auto valid = cursor.members([&](std::string_view key, std::string_view value) {
    std::string decoded;
    if (rpc::unquoted(key, decoded) == name) {
      array = value;
      ++times;
    }
    return true;
  });
  return valid && cursor.at_end() && times == 1 && array.starts_with('[') ? array
                                                                          : std::string_view{};
}

std::string_view without_space(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto begin = std::min(text.find_first_not_of(space), text.size());
  return text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

/// Elements of one part.
std::size_t part_size(std::size_t elements, std::size_t bytes, std::size_t slots) {
  const auto parts = parts_per_slot * std::max<std::size_t>(slots, 1);
  const auto even = (elements + parts - 1) / parts;
  const auto least = std::clamp<std::size_t>(least_bytes * elements / bytes, 1, least_elements);
  return std::max(even, least);
}

} // namespace

std::string spread_plan::params_of(const part& which) const {
  std::string out;
  out.reserve(before.size() + which.elements.size() + after.size());
  return out.append(before).append(which.elements).append(after);
}

std::optional<spread_plan> plan_spread(const proto::kind_info& kind, std::uint32_t slots,
                                       std::string_view params) {
  const auto array = find_array(params, kind.spread_param);
  if (array.empty() || params.size() - array.size() > most_besides) return std::nullopt;
  std::vector<std::string_view> elements;
  proto::json_cursor{array}.elements([&elements](std::string_view element) {
    elements.push_back(element);
    return true;
  });
  spread_plan plan;
  plan.elements = elements.size();
  plan.before = params.substr(0, offset(array, params) + 1);
  plan.after = params.substr(offset(array, params) + array.size() - 1);
  if (elements.size() < 2) return plan;
  const auto size = part_size(elements.size(), array.size(), slots);
  if (size >= elements.size()) return plan;
  for (std::size_t first = 0; first < elements.size(); first += size) {
    const auto& last = elements[std::min(first + size, elements.size()) - 1];
    const auto begin = offset(elements[first], params);
    plan.parts.push_back({static_cast<std::uint32_t>(first),
                          params.substr(begin, offset(last, params) + last.size() - begin)});
  }
  return plan;
}

std::optional<std::string> merge_bodies(std::string_view member,
                                        const std::vector<proto::result>& parts) {
  const std::string_view frame = parts.front().body;
  std::string out;
  std::string_view after;
  for (const auto& part : parts) {
    const auto array = find_array(part.body, member);
    if (array.empty()) return std::nullopt;
    if (&part == &parts.front()) {
      out.append(frame, 0, offset(array, frame) + 1);
      after = frame.substr(offset(array, frame) + array.size() - 1);
    }
    const auto elements = without_space(array.substr(1, array.size() - 2));
    if (!elements.empty() && !out.ends_with('[')) out += ',';
    out.append(elements);
  }
  return out.append(after);
}

} // namespace squall::gateway
