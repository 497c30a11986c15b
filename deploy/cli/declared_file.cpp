#include "deploy/cli/declared_file.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/manifest/declared_values.hpp"
#include "deploy/manifest/document.hpp"
#include "deploy/manifest/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace squall::cli {

namespace {

using manifest::declared;
using manifest::node;

/// Line and column.
using position = std::pair<std::size_t, std::size_t>;

/// From a member of the document to the next one.
struct section {
  position first;
  position end;

  bool has(position where) const { return where >= first && where < end; }
};

section section_of(const node& root, std::string_view name) {
  const auto found = std::ranges::find(root.members, name, &manifest::member::name);
  if (found == root.members.end()) return {};
  const auto next = std::next(found);
  constexpr auto no_limit = std::numeric_limits<std::size_t>::max();
  return {{found->at.line, found->at.column},
          next == root.members.end() ? position{no_limit, 0}
                                     : position{next->at.line, next->at.column}};
}

void refuse_twice(manifest::report& to, const node& root, const char* part,
                  const std::vector<declared>& entries) {
  std::set<std::string> names;
  for (const auto& each : entries)
    if (!each.name.empty() && !names.insert(each.name).second)
      to.add(manifest::find(root, part)->at,
             std::string("two ") + part + " have the name '" + each.name + "'");
}

/// The mistakes that are in what is read; all when that is not known.
std::string lines_of(const manifest::mistakes& found, const node& root) {
  const auto queues = section_of(root, "queues");
  const auto schedules = section_of(root, "schedules");
  std::string lines;
  for (const auto& each : found.all())
    if (const position at{each.line, each.column};
        root.is != node::sort::map || queues.has(at) || schedules.has(at))
      lines += "\n  " + to_string(each);
  return lines;
}

gateway::declarations declarations_of(const std::vector<declared>& queues,
                                      const std::vector<declared>& schedules,
                                      std::size_t max_params) {
  gateway::declarations out;
  std::string wrong;
  for (const auto& each : queues) {
    auto& to = out.queues.emplace_back();
    to.name = each.name;
    if (const auto complaint = read_declared(to, each.options))
      wrong += "\n  queue " + each.name + ": " + *complaint;
  }
  for (const auto& each : schedules) {
    auto& to = out.schedules.emplace_back();
    to.what.name = each.name;
    if (const auto complaint = read_declared(to, each.options, max_params))
      wrong += "\n  schedule " + each.name + ": " + *complaint;
  }
  if (!wrong.empty()) throw misuse(wrong);
  return out;
}

} // namespace

gateway::declarations read_declared(std::string_view text, const std::filesystem::path& file,
                                    const manifest::variables& look_up, std::size_t max_params) {
  manifest::report report(file);
  const auto root = manifest::parse_document(text, look_up, report);
  if (root.is != node::sort::map && root.is != node::sort::nothing)
    report.add(root.at, "a map is needed, with the keys 'queues' and 'schedules'");
  std::vector<declared> queues;
  std::vector<declared> schedules;
  if (const auto* list = manifest::find(root, "queues")) read_queues(report, *list, queues);
  if (const auto* list = manifest::find(root, "schedules"))
    read_schedules(report, *list, schedules);
  refuse_twice(report, root, "queues", queues);
  refuse_twice(report, root, "schedules", schedules);
  std::string wrong;
  try {
    report.finish();
  } catch (const manifest::mistakes& found) {
    wrong = lines_of(found, root);
  }
  if (!wrong.empty()) throw misuse("--declare:" + wrong);
  try {
    return declarations_of(queues, schedules, max_params);
  } catch (const misuse& error) {
    throw misuse("--declare: " + file.string() + ":" + error.what());
  }
}

gateway::declarations read_declared_file(const std::filesystem::path& file,
                                         std::size_t max_params) {
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw misuse("--declare: cannot read " + file.string());
  const auto look_up = [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return read_declared(text, file, look_up, max_params);
}

} // namespace squall::cli
