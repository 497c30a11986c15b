#include "deploy/manifest/report.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace squall::manifest {
namespace {

/// How many letters must be put in, left out, changed or swapped with the next one to get from one
/// word to the other: the distance of optimal string alignment.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = from[i - 1] == to[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + changed});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last.back();
}

std::string all_lines(const std::vector<mistake>& found) {
  std::string lines;
  for (const auto& each : found)
    lines.append(lines.empty() ? "" : "\n").append(to_string(each));
  return lines;
}

constexpr std::size_t longest_kind = 128;

/// Whatever a program calls its own kinds, but for what separates them in flags.
bool is_kind_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_kind && std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7F &&
           std::string_view("=:,#'\"\\[]").find(c) == std::string_view::npos;
  });
}

} // namespace

std::string to_string(const mistake& which) {
  return which.file + ":" + std::to_string(which.line) + ":" + std::to_string(which.column) + ": " +
         which.what;
}

mistakes::mistakes(std::vector<mistake> found)
    : std::runtime_error(all_lines(found)), all_(std::move(found)) {}

report::report(std::filesystem::path file, std::vector<std::string> kinds)
    : file_(std::move(file)), kinds_(std::move(kinds)) {}

void report::add(place at, std::string what) {
  found_.push_back({file_.string(), at.line, at.column, std::move(what)});
}

std::string report::about_kind(std::string_view name) const {
  const auto quoted = "'" + std::string(name) + "'";
  if (!is_kind_name(name)) return quoted + " cannot be the name of a kind";
  if (kinds_.empty() || std::ranges::find(kinds_, name) != kinds_.end()) return "";
  const std::vector<std::string_view> known(kinds_.begin(), kinds_.end());
  return quoted + " is no kind of this program" + did_you_mean(name, known) + "; write " +
         either(known);
}

void report::finish() const {
  if (found_.empty()) return;
  auto sorted = found_;
  std::ranges::stable_sort(
      sorted, {}, [](const mistake& each) { return std::make_tuple(each.line, each.column); });
  throw mistakes(std::move(sorted));
}

std::string report::absolute(const std::string& path) const {
  return (std::filesystem::absolute(file_).parent_path() / path).lexically_normal().string();
}

std::string did_you_mean(std::string_view written,
                         const std::vector<std::string_view>& candidates) {
  std::string_view nearest;
  auto best = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const auto candidate : candidates) {
    // Nothing is near a word that is far longer, and a huge one is not worth the comparison.
    if (written.size() > candidate.size() + best) continue;
    const auto apart = distance(written, candidate);
    if (apart < best) {
      best = apart;
      nearest = candidate;
    }
  }
  if (nearest.empty()) return "";
  return " (did you mean '" + std::string(nearest) + "'?)";
}

std::string either(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

} // namespace squall::manifest
