#include "deploy/supervisor/difference.hpp"

#include "deploy/manifest/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <set>

namespace squall::supervisor {

namespace {

using nlohmann::json;

/// A store's URL may have a password.
constexpr std::string_view secret_flag = "store";

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values)
    text.append(text.empty() ? "" : ",").append(value);
  return text.empty() ? "''" : text;
}

template <class Map>
std::set<std::string> keys_of(const Map& left, const Map& right) {
  std::set<std::string> keys;
  for (const auto* map : {&left, &right})
    for (const auto& [key, value] : *map)
      keys.insert(key);
  return keys;
}

std::string flag_line(const std::string& name, const manifest::flag_values& now,
                      const manifest::flag_values& wanted) {
  const auto before = now.find(name);
  const auto after = wanted.find(name);
  if (name == secret_flag) return name;
  return name + ": " + (before == now.end() ? "(default)" : joined(before->second)) + " -> " +
         (after == wanted.end() ? "(default)" : joined(after->second));
}

/// What `--pool` and `--consume` have a process do itself, and the queues whose jobs a gateway has
/// run, which it takes by their names alone.
struct work {
  bool here = false;
  std::set<std::string> job_queues;
};

work work_of(const manifest::flag_values& flags) {
  work found;
  if (const auto pools = flags.find("pool"); pools != flags.end())
    found.here = !pools->second.empty();
  const auto queues = flags.find("consume");
  if (queues == flags.end()) return found;
  for (const auto& each : queues->second) {
    if (each.find('=') == std::string::npos)
      found.job_queues.insert(each);
    else
      found.here = true;
  }
  return found;
}

/// Whether a process takes the flag from its file again at SIGHUP: a gateway, if it has pools
/// before and after.
bool is_live(const process_spec& now, const process_spec& wanted, const std::string& flag) {
  if (flag != "pool" && flag != "consume") return false;
  if (wanted.part == role::worker) return true;
  const auto before = work_of(now.flags);
  const auto after = work_of(wanted.flags);
  return before.here && after.here && before.job_queues == after.job_queues;
}

/// What is different between two processes, a line each.
struct differing {
  std::vector<std::string> lines;
  bool live = true; ///< it can be changed while the process goes on
};

differing compare(const process_spec& now, const process_spec& wanted) {
  differing found;
  const auto add = [&found](std::string line, bool live = false) {
    found.lines.push_back(std::move(line));
    found.live = found.live && live;
  };
  for (const auto& name : keys_of(now.flags, wanted.flags)) {
    const auto before = now.flags.find(name);
    const auto after = wanted.flags.find(name);
    const bool same =
        before != now.flags.end() && after != wanted.flags.end() && before->second == after->second;
    if (!same) add(flag_line(name, now.flags, wanted.flags), is_live(now, wanted, name));
  }
  for (const auto& name : keys_of(now.environment, wanted.environment)) {
    const auto before = now.environment.find(name);
    const auto after = wanted.environment.find(name);
    const bool same = before != now.environment.end() && after != wanted.environment.end() &&
                      before->second == after->second;
    if (!same) add("environment " + name);
  }
  if (now.part != wanted.part) add("role: it is a " + std::string(to_string(now.part)));
  return found;
}

/// By name, what is declared; a text that is no JSON has nothing.
std::map<std::string, json> entries(const std::string& text, const char* kind) {
  std::map<std::string, json> all;
  const auto document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains(kind)) return all;
  for (const auto& entry : document[kind])
    all.emplace(entry.value("name", ""), entry);
  return all;
}

std::string settings_line(const json& now, const json& wanted) {
  std::string text;
  for (const auto& name :
       keys_of(now.get<std::map<std::string, json>>(), wanted.get<std::map<std::string, json>>())) {
    if (now.value(name, json()) == wanted.value(name, json())) continue;
    const auto shown = [&name](const json& of) {
      return of.contains(name) ? of[name].dump() : std::string("(default)");
    };
    text += (text.empty() ? "" : ", ") + name + " " + shown(now) + " -> " + shown(wanted);
  }
  return text;
}

void compare_declared(const std::string& now, const std::string& wanted, const char* kind,
                      const std::string& word, std::vector<std::string>& lines) {
  const auto before = entries(now, kind);
  const auto after = entries(wanted, kind);
  const auto add_line = [&](const std::string& name) -> std::string& {
    return lines.emplace_back(word).append(" ").append(name).append(": ");
  };
  for (const auto& [name, entry] : after) {
    const auto known = before.find(name);
    if (known == before.end()) {
      add_line(name) += "new";
    } else if (known->second != entry) {
      add_line(name) += settings_line(known->second, entry);
    }
  }
  for (const auto& [name, entry] : before)
    if (!after.contains(name))
      add_line(name)
          .append("no longer declared; it stays until squall ")
          .append(word)
          .append(" rm ")
          .append(name);
}

change change_of(const running_process* now, const process_spec& wanted, bool declared_differs) {
  if (now == nullptr) return {action::start, wanted, {}};
  auto [lines, live] = compare(now->spec, wanted);
  if (now->other_program) lines.emplace_back("the program is another build");
  if (!lines.empty() && (!live || now->other_program))
    return {action::restart, wanted, std::move(lines)};
  if (wanted.part == role::gateway && declared_differs) lines.emplace_back("queues and schedules");
  if (wanted.part == role::gateway)
    std::ranges::move(compare_contents(now->spec.contents, wanted.contents, wanted.flags),
                      std::back_inserter(lines));
  return {action::reload, wanted, std::move(lines)};
}

std::string heading(const change& of) {
  switch (of.what) {
  case action::start:
    return "+ " + of.spec.name + ": start";
  case action::reload:
    return "~ " + of.spec.name + (of.spec.part == role::worker ? ": changed live" : ": reload") +
           ", nothing is interrupted";
  case action::restart:
    return "~ " + of.spec.name + ": restart";
  case action::drain:
    break;
  }
  return "- " + of.spec.name + ": drain";
}

} // namespace

difference difference_of(const std::vector<running_process>& now,
                         const std::vector<process_spec>& wanted, const std::string& declared_now,
                         const std::string& declared_wanted) {
  difference result;
  compare_declared(declared_now, declared_wanted, "queues", "queue", result.declared);
  compare_declared(declared_now, declared_wanted, "schedules", "schedule", result.declared);
  for (const auto& spec : wanted) { // gateways come first
    const auto at = std::ranges::find_if(
        now, [&spec](const running_process& each) { return each.spec.name == spec.name; });
    auto found = change_of(at == now.end() ? nullptr : &*at, spec, !result.declared.empty());
    if (found.what == action::start || !found.because.empty())
      result.changes.push_back(std::move(found));
  }
  // New ones first: whoever is restarted then has somewhere to hand its work to.
  std::ranges::stable_sort(result.changes, {},
                           [](const change& each) { return std::pair(each.spec.part, each.what); });
  std::vector<change> gone;
  for (const auto& each : now) {
    const bool stays = std::ranges::any_of(
        wanted, [&each](const process_spec& spec) { return spec.name == each.spec.name; });
    if (!stays) gone.push_back({action::drain, each.spec, {}});
  }
  std::ranges::stable_sort(gone, std::greater{}, [](const change& each) { return each.spec.part; });
  std::ranges::move(gone, std::back_inserter(result.changes));
  return result;
}

std::vector<std::string> scaling_lines(const plan& now, const plan& wanted) {
  const auto shown = [](const std::optional<manifest::scaling>& of) {
    if (!of) return std::string("(fixed number)");
    return std::to_string(of->min) + " to " + std::to_string(of->max) + ", target_waiting " +
           manifest::format_duration(of->target_waiting) + ", down_after " +
           manifest::format_duration(of->down_after);
  };
  std::vector<std::string> lines;
  for (const auto& each : wanted.groups) {
    const auto before = std::ranges::find(now.groups, each.name, &group::name);
    if (before != now.groups.end() && before->scale != each.scale)
      lines.push_back("group " + each.name + ": " + shown(before->scale) + " -> " +
                      shown(each.scale));
  }
  return lines;
}

std::vector<std::string> describe(const difference& what) {
  std::vector<std::string> lines;
  for (const auto& each : what.changes) {
    lines.push_back(heading(each));
    for (const auto& reason : each.because)
      lines.push_back("    " + reason);
  }
  for (const auto& line : what.declared)
    lines.push_back("~ " + line);
  for (const auto& line : what.scaling)
    lines.push_back("~ " + line);
  return lines;
}

} // namespace squall::supervisor
