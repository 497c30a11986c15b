#include "deploy/manifest/values.hpp"

#include "deploy/manifest/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace squall::manifest {
namespace {

constexpr std::size_t longest_name = 40;
/// What a file of flags cannot hold: the processes' reader takes # for a comment everywhere.
constexpr std::string_view not_in_flags = "#'\"\\";

bool is_one_of(char c, std::string_view more) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
}

/// A whole number, also with the underscores that people put into long ones.
std::optional<std::uint64_t> whole_number(std::string text) {
  std::erase(text, '_');
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

template <class Integer>
void read_integer(report& to, const node& value, std::uint64_t least, std::uint64_t most,
                  Integer& out) {
  const auto number =
      value.is == node::sort::scalar ? whole_number(value.text) : std::optional<std::uint64_t>{};
  if (!number || *number < least || *number > most)
    return refuse(to, value,
                  "no whole number from " + std::to_string(least) + " to " + std::to_string(most),
                  "");
  out = static_cast<Integer>(*number);
}

} // namespace

void refuse(report& to, const node& value, std::string_view is_no, std::string_view instead) {
  auto what = shown(value) + " is " + std::string(is_no);
  if (!instead.empty()) what.append("; write ").append(instead);
  to.add(value.at, std::move(what));
}

bool read_text(report& to, const node& value, std::string_view what, std::string& out) {
  const bool good = value.is == node::sort::scalar && !value.text.empty() &&
                    value.text.find_first_of("\n\t") == std::string::npos;
  if (!good)
    to.add(value.at, shown(value) + " where " + std::string(what) + " is needed");
  else if (value.text.find_first_of(not_in_flags) != std::string::npos)
    refuse(to, value, "not taken: it has one of # ' \" and \\ in it", "");
  else
    out = value.text;
  return good;
}

void read_choice(report& to, const node& value, const std::vector<std::string_view>& words,
                 std::string& out) {
  if (std::ranges::find(words, std::string_view(value.text)) != words.end())
    out = value.text;
  else
    to.add(value.at, shown(value) + " is not one of " + either(words) +
                         (value.filled_in ? "" : did_you_mean(value.text, words)));
}

void read_number(report& to, const node& value, std::uint64_t least, std::uint64_t most,
                 std::uint32_t& out) {
  read_integer(to, value, least, most, out);
}

void read_number(report& to, const node& value, std::uint64_t least, std::uint64_t most,
                 std::uint64_t& out) {
  read_integer(to, value, least, most, out);
}

void read_toggle(report& to, const node& value, bool& out) {
  if (value.text == "true" || value.text == "false")
    out = value.text == "true";
  else
    refuse(to, value, "neither true nor false", "");
}

void read_duration(report& to, const node& value, std::chrono::milliseconds& out) {
  const auto duration = parse_duration(value.text);
  if (!duration) return refuse(to, value, "no duration", "500ms, 30s, 5m or 1h");
  out = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
}

void read_size(report& to, const node& value, std::uint64_t& out) {
  const auto size = parse_size(value.text);
  if (!size) return refuse(to, value, "no size", "4096, 8KiB or 1MiB");
  out = *size;
}

bool read_endpoint(report& to, const node& value, proto::endpoint& out) {
  const auto where = proto::parse_endpoint(value.text);
  if (where)
    out = *where;
  else
    refuse(to, value, "no HOST:PORT", "127.0.0.1:8888, 0.0.0.0:8888 or [::1]:8888");
  return where.has_value();
}

void read_path(report& to, const node& value, std::string& out) {
  std::string path;
  if (read_text(to, value, "a path", path)) out = to.absolute(path);
}

void read_name(report& to, const node& value, std::string& out) {
  const auto& name = value.text;
  const bool good = !name.empty() && name.size() <= longest_name && name.front() != '-' &&
                    name.back() != '-' &&
                    std::ranges::all_of(name, [](char c) { return is_one_of(c, "-"); });
  if (good)
    out = name;
  else
    refuse(to, value, "no name", "1 to 40 of a-z, 0-9 and - within");
}

void read_texts(report& to, const node& value, std::string_view what,
                std::vector<std::string>& out) {
  const auto take = [&](const node& item) {
    std::string text;
    if (!read_text(to, item, what, text)) return;
    if (std::ranges::find(out, text) != out.end())
      to.add(item.at, shown(item) + " is said for the second time");
    else
      out.push_back(std::move(text));
  };
  if (value.is == node::sort::scalar) return take(value);
  if (value.is != node::sort::list)
    return refuse(to, value, "no list", "[A, B], or a line '- A' for each");
  std::ranges::for_each(value.items, take);
}

bool is_queue_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, [](char c) {
    return is_one_of(c, "._-") || (c >= 'A' && c <= 'Z');
  });
}

} // namespace squall::manifest
