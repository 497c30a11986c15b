#include "gateway/jobs/job_filter.hpp"

#include "gateway/jobs/job_json.hpp"
#include "gateway/jobs/job_params.hpp"
#include "gateway/queue/queue_params.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>
#include <limits>

namespace squall::gateway {
namespace {

using proto::json_cursor;

complaint read_states(std::string_view text, std::uint32_t& out) {
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    const auto name = text.substr(0, comma);
    std::size_t state = 0;
    while (state < proto::item_states &&
           job_state_name(static_cast<proto::item_state>(state)) != name)
      ++state;
    if (state == proto::item_states)
      return "scheduled, ready, leased, done, dead or cancelled is needed";
    out |= 1U << state;
    if (comma == text.size()) return std::nullopt;
    text.remove_prefix(comma + 1);
  }
}

complaint read_filter_text(proto::job_filter& to, std::string_view name, std::string_view text) {
  if (name == "queue") {
    to.queue = text;
    return check_queue_name(text);
  }
  if (name == "kind") {
    to.kind = text;
    return check_job_text(text, longest_kind);
  }
  if (name == "state") return read_states(text, to.states);
  if (name == "limit") return read_integer(text, std::uint32_t{1}, most_jobs, to.most);
  if (read_integer(text, std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max(), to.below))
    return "the cursor of a list is needed";
  return std::nullopt;
}

constexpr std::string_view filter_members[] = {"queue", "kind", "state", "limit", "cursor"};

/// A string as the text that it stands for.
complaint read_filter_string(proto::job_filter& to, std::string_view name, std::string_view value) {
  std::string text;
  auto wrong = about(name, read_string(value, text));
  return wrong ? wrong : read_filter(to, name, text);
}

complaint read_filter_member(proto::job_filter& to, std::string_view name, std::string_view value) {
  if (name == "limit") return read_filter(to, name, value);
  if (name != "state" || !value.starts_with('[')) return read_filter_string(to, name, value);
  complaint wrong;
  json_cursor{value}.elements(
      [&](std::string_view each) { return !(wrong = read_filter_string(to, name, each)); });
  return wrong;
}

} // namespace

complaint read_filter(proto::job_filter& to, std::string_view name, std::string_view text) {
  auto wrong = refuse_unknown(name, filter_members);
  return wrong ? wrong : about(name, read_filter_text(to, name, text));
}

complaint read_filter_members(proto::job_filter& to, std::string_view text) {
  complaint wrong;
  const auto valid = json_cursor{text}.members([&](std::string_view key, std::string_view value) {
    std::string decoded;
    const auto name = rpc::unquoted(key, decoded);
    wrong = refuse_unknown(name, filter_members);
    if (!wrong) wrong = read_filter_member(to, name, value);
    return !wrong;
  });
  if (!valid && !wrong) wrong = "an object is needed";
  return wrong;
}

} // namespace squall::gateway
