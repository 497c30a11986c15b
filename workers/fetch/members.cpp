#include "workers/fetch/members.hpp"

#include "proto/json_cursor.hpp"
#include "workers/fetch/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace squall::workers::fetch {
namespace {

using nlohmann::json;

/// The characters of a valid string token, or, when it is no text, something that is no member's
/// name.
std::string name_of(std::string_view token) {
  if (const auto plain = plain_string(token)) return std::string{*plain};
  const auto name = json::parse(token, nullptr, false);
  return name.is_string() ? name.get<std::string>() : as_utf8(token);
}

} // namespace

std::vector<member> members_of(std::string_view text, const std::string& place) {
  std::vector<member> out;
  proto::json_cursor cursor{text};
  const bool valid = cursor.members([&out](std::string_view name, std::string_view value) {
    out.push_back({name_of(name), value});
    return true;
  });
  const auto where = place.empty() ? std::string{"params"} : place;
  if (cursor.too_deep()) throw refusal{where + ": nested too deeply"};
  if (!valid || !cursor.at_end())
    throw refusal{where + R"(: an object like {"url": "https://example.org/"} is needed)"};
  std::ranges::sort(out, {}, &member::name);
  const auto twice = std::ranges::adjacent_find(out, {}, &member::name);
  if (twice != out.end())
    throw refusal{(place.empty() ? "" : place + ".") + as_utf8(twice->name.substr(0, 64)) +
                  ": is there twice"};
  return out;
}

} // namespace squall::workers::fetch
