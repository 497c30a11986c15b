#include "deploy/manifest/declared_values.hpp"

#include "deploy/manifest/values.hpp"
#include "gateway/queue/queue_params.hpp"
#include "gateway/schedules/schedule_params.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace squall::manifest {
namespace {

using gateway::complaint;

constexpr std::array of_queue{
    std::string_view{"order"},        std::string_view{"maxsize"},
    std::string_view{"max_attempts"}, std::string_view{"lease_ms"},
    std::string_view{"backoff_ms"},   std::string_view{"backoff_cap_ms"},
    std::string_view{"max_running"},  std::string_view{"rate"},
};

constexpr std::array of_schedule{
    std::string_view{"cron"},          std::string_view{"time_zone"},  std::string_view{"every_ms"},
    std::string_view{"catch_up"},      std::string_view{"paused"},     std::string_view{"kind"},
    std::string_view{"params"},        std::string_view{"queue"},      std::string_view{"priority"},
    std::string_view{"max_attempts"},  std::string_view{"timeout_ms"}, std::string_view{"ttl_ms"},
    std::string_view{"result_ttl_ms"},
};

/// What differs between queues and schedules.
struct sort_of_entry {
  std::string_view part;
  std::span<const std::string_view> keys;
  complaint (*check_name)(std::string_view name);
  complaint (*check)(const std::string& name, const std::string& options);
};

complaint check_queue(const std::string& name, const std::string& options) {
  auto request = gateway::queue_request_of(proto::queue_op::define);
  request.queue = name;
  return gateway::read_members(request, options, of_queue);
}

complaint check_schedule(const std::string& name, const std::string& options) {
  proto::schedule schedule;
  schedule.name = name;
  return gateway::read_schedule(schedule, options);
}

constexpr sort_of_entry queue_entry{"a queue", of_queue, gateway::check_queue_name, check_queue};
constexpr sort_of_entry schedule_entry{"a schedule", of_schedule, gateway::check_schedule_name,
                                       check_schedule};

/// Whether all keys are known ones.
bool check_keys(report& to, const node& from, const sort_of_entry& as) {
  std::vector<std::string_view> names{"name"};
  names.insert(names.end(), as.keys.begin(), as.keys.end());
  bool good = true;
  for (const auto& each : from.members) {
    if (std::ranges::find(names, each.name) != names.end()) continue;
    good = false;
    to.add(each.at, "unknown key '" + each.name + "'" + did_you_mean(each.name, names) + "; " +
                        std::string(as.part) + " takes " + either(names));
  }
  return good;
}

/// Where the member stands that a complaint begins with, as in "maxsize: an integer is needed".
place place_of(const node& from, const std::string& wrong) {
  const auto* const about = find(from, wrong.substr(0, wrong.find(':')));
  return about != nullptr ? about->at : from.at;
}

void read_entry(report& to, node from, const sort_of_entry& as, declared& out) {
  if (from.is != node::sort::map)
    return to.add(from.at, shown(from) + " where " + std::string(as.part) + " is needed, as a map");
  const auto* const name = find(from, "name");
  if (name == nullptr)
    to.add(from.at, std::string(as.part) + " needs the key 'name'");
  else if (const auto wrong = as.check_name(name->text))
    to.add(name->at, *wrong);
  else
    out.name = name->text;
  const bool known = check_keys(to, from, as);
  std::erase_if(from.members, [](const member& each) { return each.name == "name"; });
  out.options = to_json(from);
  if (!known) return; // it would complain of the same key once more
  const auto any_name = out.name.empty() ? std::string("nameless") : out.name;
  if (const auto wrong = as.check(any_name, out.options)) to.add(place_of(from, *wrong), *wrong);
}

void read_entries(report& to, const node& value, const sort_of_entry& as,
                  std::vector<declared>& out) {
  if (value.is == node::sort::nothing) return;
  if (value.is != node::sort::list)
    return refuse(to, value, "no list", "a line '- name: ...' for each");
  for (const auto& item : value.items)
    read_entry(to, item, as, out.emplace_back());
}

} // namespace

std::span<const std::string_view> queue_keys() {
  return of_queue;
}

std::span<const std::string_view> schedule_keys() {
  return of_schedule;
}

void read_queues(report& to, const node& value, std::vector<declared>& out) {
  read_entries(to, value, queue_entry, out);
}

void read_schedules(report& to, const node& value, std::vector<declared>& out) {
  read_entries(to, value, schedule_entry, out);
}

} // namespace squall::manifest
