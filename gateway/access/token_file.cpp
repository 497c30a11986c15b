#include "gateway/access/token_file.hpp"

#include "gateway/queue/rfc3339.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>

namespace squall::gateway::access {
namespace {

constexpr std::string_view blank = " \t\r";
constexpr std::string_view form = "NAME SHA256HEX SCOPE,SCOPE [EXPIRES]";

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (auto begin = text.find_first_not_of(separators); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return parts;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool read_digest(std::string_view text, digest& to) {
  if (text.size() != 2 * to.size()) return false;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const int high = digit_of(text[2 * i]);
    const int low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    to[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return true;
}

/// One reading of a file.
class reader {
public:
  void take(std::string_view line) {
    ++number_;
    const auto words = split(line, blank);
    if (words.empty() || words.front().starts_with('#')) return;
    if (words.size() < 3 || words.size() > 4)
      return mistake(std::to_string(words.size()) + " words; a line is " + std::string{form});
    const auto before = result_.mistakes.size();
    auto entry = read(words);
    const bool good = result_.mistakes.size() == before;
    if (good) result_.tokens.push_back(std::move(entry));
  }

  token_lines end() { return std::move(result_); }

private:
  token read(const std::vector<std::string_view>& words) {
    token entry;
    entry.name = words[0];
    if (!is_token_name(words[0]))
      mistake("'" + entry.name.substr(0, 64) +
              "' is no name; letters, digits and ._- may be in one, 64 at most");
    else if (const auto [first, fresh] = names_.emplace(entry.name, number_); !fresh)
      mistake("the name '" + entry.name + "' is taken by line " + std::to_string(first->second));
    if (!read_digest(words[1], entry.secret))
      mistake("the second word is no SHA-256 of a token: 64 hexadecimal digits are needed");
    else if (const auto [first, fresh] = secrets_.emplace(entry.secret, number_); !fresh)
      mistake("the token of line " + std::to_string(first->second) + " is here again");
    const auto given = split(words[2], ",");
    for (const auto each : given)
      if (const auto wrong = entry.may.add(each)) mistake(*wrong);
    if (given.empty()) mistake("no scope is given");
    if (words.size() < 4) return entry;
    entry.expires = read_time(words[3]);
    if (!entry.expires)
      mistake("'" + std::string{words[3].substr(0, 64)} +
              "' is no time; write 2030-06-01T12:00:00Z");
    return entry;
  }

  void mistake(const std::string& what) {
    result_.mistakes.push_back("line " + std::to_string(number_) + ": " + what);
  }

  token_lines result_;
  std::map<std::string, std::size_t> names_;
  std::map<digest, std::size_t> secrets_;
  std::size_t number_ = 0;
};

} // namespace

token_lines read_tokens(std::string_view text) {
  reader lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines.end();
}

std::shared_ptr<const token_table> load_tokens(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw bad_tokens{file.string() + ": is a folder"};
  errno = 0;
  std::ifstream stream{file, std::ios::binary};
  if (!stream) throw bad_tokens{file.string() + ": cannot be read: " + std::strerror(errno)};
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  auto read = read_tokens(text);
  if (!read.mistakes.empty()) {
    std::string all;
    for (const auto& each : read.mistakes)
      all.append(all.empty() ? "" : "\n").append(file.string()).append(": ").append(each);
    throw bad_tokens{all};
  }
  return std::make_shared<const token_table>(std::move(read.tokens));
}

std::string token_line(const token& what) {
  std::string line = what.name + ' ';
  for (const auto byte : what.secret) {
    line += "0123456789abcdef"[byte >> 4];
    line += "0123456789abcdef"[byte & 15];
  }
  char separator = ' ';
  for (const auto& each : what.may.texts()) {
    line.append(1, separator).append(each);
    separator = ',';
  }
  if (what.expires) append_time(line += ' ', static_cast<std::uint64_t>(*what.expires));
  return line += '\n';
}

bool is_token_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"._-"}.find(c) != std::string_view::npos;
  });
}

} // namespace squall::gateway::access
