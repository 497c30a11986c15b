#include "deploy/manifest/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

/// What groups run: pools, consumers and their environment.
namespace squall::manifest {
namespace {

/// As many as a process takes.
constexpr std::uint32_t most_slots = 100'000;

bool is_slots(std::string_view text) {
  if (text == "auto") return true;
  std::uint32_t slots = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, slots);
  return error == std::errc{} && rest == end && slots >= 1 && slots <= most_slots;
}

bool is_map(report& to, const node& value, std::string_view such_as) {
  if (value.is == node::sort::map) return true;
  refuse(to, value, "no map", such_as);
  return false;
}

/// Variables that the processes take from whoever runs them.
constexpr std::array reserved{
    std::string_view{"NOTIFY_SOCKET"}, std::string_view{"WATCHDOG_USEC"},
    std::string_view{"WATCHDOG_PID"},  std::string_view{"LISTEN_FDS"},
    std::string_view{"LISTEN_PID"},    std::string_view{"LISTEN_FDNAMES"},
};

constexpr std::array secret_ends{std::string_view{"PASSWORD"}, std::string_view{"SECRET"},
                                 std::string_view{"TOKEN"}};

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// What is wrong with a variable; empty when it is good.
std::string complaint_about(const member& each) {
  const auto& name = each.name;
  if (!is_variable_name(name)) return "'" + name + "' cannot be the name of a variable";
  if (name.starts_with("SQUALL_"))
    return name + " would change a flag of the process; say it by the group's own key";
  if (name.starts_with("X_SQUALL_") || std::ranges::find(reserved, name) != reserved.end())
    return name + " is set by whatever runs the process";
  if (each.value.is != node::sort::scalar)
    return name + " needs a text, but " + shown(each.value) + " is here";
  const bool is_secret = std::ranges::any_of(
      secret_ends, [&name](std::string_view end) { return name.ends_with(end); });
  if (is_secret && !each.value.filled_in && !each.value.text.empty())
    return name + " is a secret, which does not belong in a manifest; write ${" + name + "}";
  return "";
}

} // namespace

void read_pools(report& to, const node& value, std::map<std::string, std::string>& out) {
  if (!is_map(to, value, "a line 'KIND: N' or 'KIND: auto' for each")) return;
  for (const auto& each : value.members) {
    if (auto wrong = to.about_kind(each.name); !wrong.empty())
      to.add(each.at, std::move(wrong));
    else if (!is_slots(each.value.text))
      refuse(to, each.value, "no number of slots", "1 to 100000, or auto");
    else
      out[each.name] = each.value.text;
  }
}

void read_consume(report& to, const node& value, std::map<std::string, std::string>& out) {
  if (!is_map(to, value, "a line 'QUEUE: KIND:N' for each")) return;
  for (const auto& each : value.members) {
    const auto& work = each.value.text;
    const auto colon = work.find(':');
    const auto kind = work.substr(0, colon);
    const auto slots = colon == std::string::npos ? "auto" : work.substr(colon + 1);
    if (!is_queue_name(each.name))
      to.add(each.at, "'" + each.name +
                          "' is no queue's name; write 1 to 128 of A-Z, a-z, 0-9, "
                          "'.', '_' and '-'");
    else if (kind.empty() || !is_slots(slots))
      refuse(to, each.value, "no KIND:N",
             "a kind and how many items at a time, such as prime:4 "
             "or prime:auto");
    else if (auto wrong = to.about_kind(kind); !wrong.empty())
      to.add(each.value.at, std::move(wrong));
    else
      out[each.name] = work;
  }
}

void read_environment(report& to, const node& value, std::map<std::string, std::string>& out,
                      std::vector<std::string>& from_variables) {
  if (!is_map(to, value, "a line 'NAME: TEXT' for each")) return;
  for (const auto& each : value.members) {
    if (auto wrong = complaint_about(each); !wrong.empty()) {
      to.add(each.at, std::move(wrong));
      continue;
    }
    out[each.name] = each.value.text;
    if (each.value.filled_in) from_variables.push_back(each.name);
  }
}

} // namespace squall::manifest
