#include "deploy/cli/work_again.hpp"

#include "deploy/cli/exit_code.hpp"

#include <spdlog/spdlog.h>

#include <set>
#include <sstream>
#include <stdexcept>

namespace squall::cli {

namespace {

constexpr const char* pool_flag = "pool";
constexpr const char* consume_flag = "consume";

/// As `--config` and the flag itself take a list: several values, each maybe with commas.
std::vector<std::string> list_of(const section_values& values, const std::string& flag) {
  std::vector<std::string> list;
  const auto at = values.find(flag);
  if (at == values.end()) return list;
  for (const auto& value : at->second)
    for (auto& part : CLI::detail::split(value, ','))
      if (!part.empty()) list.push_back(std::move(part));
  return list;
}

std::set<std::string> job_queues_of(const std::vector<std::string>& consumes) {
  std::set<std::string> queues;
  for (const auto& each : consumes)
    if (each.find('=') == std::string::npos) queues.insert(each);
  return queues;
}

void log_others(const file_layer& layer, const section_values& now) {
  std::set<std::string> names;
  for (const auto* values : {&layer.values, &now})
    for (const auto& [name, value] : *values)
      names.insert(name);
  std::string differ;
  for (const auto& name : names) {
    if (name == pool_flag || name == consume_flag || layer.given.contains(name)) continue;
    const auto before = layer.values.find(name);
    const auto after = now.find(name);
    const bool same =
        before != layer.values.end() && after != now.end() && before->second == after->second;
    if (!same) differ.append(differ.empty() ? "" : ", ").append(name);
  }
  if (!differ.empty()) spdlog::warn("{}: these wait for a restart: {}", layer.path, differ);
}

} // namespace

workers::work_orders read_work_again(CLI::App& command, const file_layer& layer,
                                     const std::vector<std::string>& pools,
                                     const std::vector<std::string>& consumes,
                                     const workers::registry& kinds) {
  auto* program = &command;
  while (program->get_parent() != nullptr)
    program = program->get_parent();
  const auto now = read_section(*program, command, layer.path);
  const auto wanted = [&](const char* flag, const std::vector<std::string>& before) {
    return layer.given.contains(flag) ? before : list_of(now, flag);
  };
  try {
    auto queues = wanted(consume_flag, consumes);
    if (section_of(command) == "gateway") {
      if (job_queues_of(queues) != job_queues_of(consumes))
        spdlog::warn("{}: queues whose jobs are run wait for a restart", layer.path);
      std::erase_if(queues,
                    [](const std::string& each) { return each.find('=') == std::string::npos; });
    }
    auto orders = workers::parse_work(wanted(pool_flag, pools), queues, kinds);
    if (orders.pools.empty() && orders.consumes.empty())
      throw std::invalid_argument("there is neither a pool nor a queue to consume any more");
    log_others(layer, now);
    return orders;
  } catch (const std::invalid_argument& error) {
    throw misuse(error.what());
  }
}

void log_refusal(const std::string& path, const std::string& mistakes) {
  std::istringstream lines(mistakes);
  for (std::string line; std::getline(lines, line);)
    spdlog::error("{}: {}", path, line);
  spdlog::error("{} was not taken; everything stays as it is", path);
}

} // namespace squall::cli
