#include "proto/cron.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <span>
#include <vector>

namespace squall::proto {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                            "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// What may stand in a field.
struct field {
  std::string_view name;
  unsigned least;
  unsigned most;
  std::span<const std::string_view> names{}; ///< of `least` and those behind it
};

constexpr std::array fields{field{"minute", 0, 59}, field{"hour", 0, 23},
                            field{"day of the month", 1, 31}, field{"month", 1, 12, month_names},
                            field{"day of the week", 0, 7, day_names}};

struct nickname {
  std::string_view name;
  std::string_view line;
};
constexpr nickname nicknames[] = {{"@hourly", "0 * * * *"},   {"@daily", "0 0 * * *"},
                                  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
                                  {"@monthly", "0 0 1 * *"},  {"@yearly", "0 0 1 1 *"},
                                  {"@annually", "0 0 1 1 *"}};

/// What is wrong with a field; the text is for people.
struct wrong_field {
  std::string why;
};

std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 40;
  return "\"" + std::string(text.substr(0, shown)) + (text.size() > shown ? "..." : "") + "\"";
}

bool is_name(std::string_view text, std::string_view name) {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::ranges::equal(text, name, {}, lower);
}

std::optional<unsigned> number_in(std::string_view text) {
  unsigned out = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return out;
}

unsigned value_in(const field& of, std::string_view text) {
  for (std::size_t i = 0; i < of.names.size(); ++i)
    if (is_name(text, of.names[i])) return of.least + static_cast<unsigned>(i);
  const auto value = number_in(text);
  if (value && *value >= of.least && *value <= of.most) return *value;
  throw wrong_field{quoted(text) + " is no number from " + std::to_string(of.least) + " to " +
                    std::to_string(of.most) + (of.names.empty() ? "" : ", and no name")};
}

/// One entry of a field's list.
std::uint64_t entry_in(const field& of, std::string_view text) {
  const auto slash = text.find('/');
  const auto range = text.substr(0, slash);
  const auto dash = range.find('-');
  const bool all = range == "*";
  const auto first = all ? of.least : value_in(of, range.substr(0, dash));
  auto last = all                              ? of.most
              : dash == std::string_view::npos ? first
                                               : value_in(of, range.substr(dash + 1));
  if (of.most == 7 && dash != std::string_view::npos && last == 0) last = 7; // sat-sun
  if (first > last) throw wrong_field{quoted(range) + " ends before it begins"};
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    if (!all && dash == std::string_view::npos)
      throw wrong_field{quoted(text) + ": a step stands behind * or a range"};
    step = number_in(text.substr(slash + 1)).value_or(0);
    if (step == 0) throw wrong_field{quoted(text) + ": a step is a number from 1 on"};
  }
  std::uint64_t out = 0;
  for (auto value = first; value <= last; value += std::min(step, of.most + 1))
    out |= std::uint64_t{1} << value;
  return out;
}

std::uint64_t list_in(const field& of, std::string_view text) {
  std::uint64_t out = 0;
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    out |= entry_in(of, text.substr(0, comma));
    if (comma == text.size()) return out;
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string_view> words_in(std::string_view line) {
  constexpr std::string_view space = " \t";
  std::vector<std::string_view> out;
  for (auto at = line.find_first_not_of(space); at != std::string_view::npos;
       at = line.find_first_not_of(space, at)) {
    const auto end = std::min(line.find_first_of(space, at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end;
  }
  return out;
}

bool has(std::uint64_t set, unsigned value) noexcept {
  return (set >> value & 1) != 0;
}

} // namespace

std::variant<cron, std::string> cron::parse(std::string_view line) {
  cron out;
  if (auto wrong = out.read(line); !wrong.empty()) return wrong;
  constexpr local_minutes some_day{std::chrono::local_days{std::chrono::January / 1 / 2000}};
  if (!out.next(some_day))
    return "day of the month: there is no such day in the months that are named";
  return out;
}

std::string cron::read(std::string_view line) {
  const auto words = words_in(line);
  if (words.size() == 1 && words.front().starts_with('@')) {
    for (const auto& each : nicknames)
      if (is_name(words.front(), each.name)) return read(each.line);
    return "@hourly, @daily, @weekly, @monthly and @yearly are known, not " + quoted(words.front());
  }
  if (words.size() != fields.size())
    return "five fields are needed: minute, hour, day of the month, month, day of the week; there "
           "are " +
           std::to_string(words.size());
  std::uint64_t* const places[] = {&minutes_, &hours_, &days_, &months_, &weekdays_};
  for (std::size_t i = 0; i < fields.size(); ++i)
    try {
      *places[i] = list_in(fields[i], words[i]);
    } catch (const wrong_field& wrong) {
      return std::string(fields[i].name) + ": " + wrong.why;
    }
  if (has(weekdays_, 7)) weekdays_ |= 1;
  either_day_ = !words[2].starts_with('*') && !words[4].starts_with('*');
  return {};
}

bool cron::is_due_on(std::chrono::local_days day) const {
  const std::chrono::year_month_day date{day};
  if (!has(months_, unsigned{date.month()})) return false;
  const bool by_date = has(days_, unsigned{date.day()});
  const bool by_weekday = has(weekdays_, std::chrono::weekday{day}.c_encoding());
  return either_day_ ? by_date || by_weekday : by_date && by_weekday;
}

std::optional<minutes> cron::time_from(minutes from) const {
  const auto hour = static_cast<unsigned>(from / hours{1});
  const auto minute = static_cast<unsigned>(from % hours{1} / minutes{1});
  const auto this_hour = has(hours_, hour) ? minutes_ >> minute << minute : 0;
  if (this_hour != 0) return hours{hour} + minutes{std::countr_zero(this_hour)};
  const auto later = hour >= 23 ? 0 : hours_ >> (hour + 1) << (hour + 1);
  if (later == 0) return std::nullopt;
  return hours{std::countr_zero(later)} + minutes{std::countr_zero(minutes_)};
}

std::optional<local_minutes> cron::next(local_minutes after) const {
  constexpr days horizon{41 * 366};
  const auto first = after + minutes{1};
  auto day = std::chrono::floor<days>(first);
  auto from = first - day;
  for (const auto last = day + horizon; day <= last; day += days{1}, from = minutes{0})
    if (is_due_on(day))
      if (const auto time = time_from(from)) return day + *time;
  return std::nullopt;
}

} // namespace squall::proto
