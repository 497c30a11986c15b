#include "deploy/manifest/keys.hpp"
#include "deploy/manifest/values.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace squall::manifest {
namespace {

using enum flag_sort;

constexpr std::array limits{
    flag_key{"max_waiting", "max-waiting", number},
    flag_key{"max_waiting_per_connection", "max-waiting-per-connection", number},
    flag_key{"max_waiting_bytes", "max-waiting-bytes", size},
    flag_key{"max_job_bytes", "max-job-bytes", size},
    flag_key{"queue_memory", "queue-memory", size},
    flag_key{"max_header_bytes", "max-header-bytes", size},
    flag_key{"max_headers", "max-headers", number},
    flag_key{"max_body_bytes", "max-body-bytes", size},
    flag_key{"header_timeout", "header-timeout", duration},
    flag_key{"body_timeout", "body-timeout", duration},
    flag_key{"idle_timeout", "idle-timeout", duration},
    flag_key{"write_timeout", "write-timeout", duration},
    flag_key{"max_message_bytes", "max-message-bytes", size},
    flag_key{"max_outbox_bytes", "max-outbox-bytes", size},
    flag_key{"max_echo_bytes", "max-echo-bytes", size},
    flag_key{"ping_interval", "ping-interval", duration},
    flag_key{"pong_timeout", "pong-timeout", duration},
    flag_key{"close_timeout", "close-timeout", duration},
    flag_key{"deflate", "deflate", toggle},
    flag_key{"echo", "echo", toggle},
};

constexpr std::array fetches{
    flag_key{"allow", "fetch-allow", texts},        flag_key{"ca", "fetch-ca", path},
    flag_key{"proxy", "fetch-proxy", text},         flag_key{"resolve", "fetch-resolve", texts},
    flag_key{"per_host", "fetch-per-host", number},
};

/// The values as the flag takes them; none when they are wrong, which is reported. The text itself
/// is passed on, since the process reads the same units.
std::vector<std::string> values_of(report& to, const node& value, flag_sort sort) {
  std::vector<std::string> out(1, value.text);
  switch (sort) {
  case number: {
    auto taken = std::numeric_limits<std::uint32_t>::max();
    read_number(to, value, 0, taken, taken);
    return {std::to_string(taken)};
  }
  case size: {
    std::uint64_t taken = 0;
    read_size(to, value, taken);
    return out;
  }
  case duration: {
    std::chrono::milliseconds taken{};
    read_duration(to, value, taken);
    return out;
  }
  case toggle: {
    bool taken = false;
    read_toggle(to, value, taken);
    return out;
  }
  case path:
    read_path(to, value, out.front());
    return out;
  case text:
    read_text(to, value, "a text", out.front());
    return out;
  case texts:
    out.clear();
    read_texts(to, value, "a text", out);
    return out;
  }
  return out;
}

} // namespace

std::span<const flag_key> limit_keys() {
  return limits;
}

std::span<const flag_key> fetch_keys() {
  return fetches;
}

void read_flags(report& to, const node& from, std::string_view part, std::span<const flag_key> keys,
                flag_values& out) {
  if (from.is != node::sort::map)
    return to.add(from.at, shown(from) + " where " + std::string(part) + " are needed, as a map");
  std::vector<std::string_view> names;
  for (const auto& each : keys)
    names.push_back(each.name);
  for (const auto& each : from.members) {
    const auto known = std::ranges::find(keys, each.name, &flag_key::name);
    if (known == keys.end())
      to.add(each.at, "unknown key '" + each.name + "'" + did_you_mean(each.name, names) + "; " +
                          std::string(part) + " are " + either(names));
    else
      out[std::string(known->flag)] = values_of(to, each.value, known->sort);
  }
}

} // namespace squall::manifest
