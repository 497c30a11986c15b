#include "gateway/queue/member_values.hpp"

#include "gateway/queue/rfc3339.hpp"
#include "gateway/rpc/json_text.hpp"

#include <algorithm>
#include <chrono>

namespace squall::gateway {
namespace {

std::string taken(member_names names) {
  if (names.empty()) return "none is taken";
  std::string list;
  for (const auto name : names)
    list.append(list.empty() ? "\"" : ", \"").append(name).append("\"");
  return list + (names.size() == 1 ? " is taken" : " are taken");
}

} // namespace

complaint about(std::string_view name, complaint wrong) {
  if (wrong) wrong->insert(0, std::string(name) + ": ");
  return wrong;
}

complaint refuse_unknown(std::string_view name, member_names names) {
  if (std::ranges::find(names, name) != names.end()) return std::nullopt;
  return "unknown field " + rpc::shortened(name) + ": " + taken(names);
}

complaint read_string(std::string_view value, std::string& out) {
  if (!value.starts_with('"')) return "a string is needed";
  std::string decoded;
  out = rpc::unquoted(value, decoded);
  return std::nullopt;
}

complaint read_bool(std::string_view value, bool& out) {
  if (value != "true" && value != "false") return "true or false is needed";
  out = value == "true";
  return std::nullopt;
}

complaint read_run_at(std::string_view value, std::uint64_t& delay_ms) {
  using namespace std::chrono;
  std::string decoded;
  const auto at = value.starts_with('"') ? read_time(rpc::unquoted(value, decoded)) : std::nullopt;
  if (!at) return R"(an RFC 3339 time is needed, such as "2030-01-01T12:00:00Z")";
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  if (*at - now > static_cast<std::int64_t>(longest_delay_ms))
    return "at most 366 days from now are taken";
  delay_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(*at - now, 0));
  return std::nullopt;
}

} // namespace squall::gateway
