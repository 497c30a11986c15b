#include "deploy/render/yaml_text.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>
#include <utility>

namespace squall::render {
namespace {

/// Whether it is a text for readers of YAML 1.1 and 1.2, without quotes; yaml-cpp itself leaves
/// numbers and words such as `yes` plain.
bool is_plain(std::string_view text) {
  constexpr std::string_view words[] = {"true", "false", "yes", "no", "on",
                                        "off",  "null",  "y",   "n"};
  if (text.empty()) return false;
  const auto first = static_cast<unsigned char>(text.front());
  if (std::isalpha(first) == 0 && first != '/') return false;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (std::ranges::find(words, lower) != std::end(words)) return false;
  return std::ranges::all_of(text,
                             [](unsigned char c) {
                               return std::isalnum(c) != 0 ||
                                      std::string_view("/._-:@=+ ").find(c) !=
                                          std::string_view::npos;
                             }) &&
         text.find(": ") == std::string_view::npos && text.back() != ':' && text.back() != ' ';
}

void write_text(YAML::Emitter& to, const std::string& text) {
  const bool is_block = text.find('\n') != std::string::npos && text.ends_with('\n') &&
                        !text.ends_with("\n\n") && !text.starts_with(' ') &&
                        !text.starts_with('\n');
  if (is_block) // whose last line's end is not told: a block has one
    to << YAML::Literal << text.substr(0, text.size() - 1);
  else if (is_plain(text))
    to << text;
  else
    to << YAML::DoubleQuoted << text;
}

void write(YAML::Emitter& to, const value& what);

/// An empty one would be nothing at all as a block.
void write_list(YAML::Emitter& to, const value& what) {
  if (what.empty()) to << YAML::Flow;
  to << YAML::BeginSeq;
  for (const auto& item : what)
    write(to, item);
  to << YAML::EndSeq;
}

void write_map(YAML::Emitter& to, const value& what) {
  if (what.empty()) to << YAML::Flow;
  to << YAML::BeginMap;
  for (const auto& [name, member] : what.items()) {
    if (name.starts_with('#')) {
      to << YAML::Newline << YAML::Comment(member.get<std::string>());
      continue;
    }
    to << YAML::Key;
    write_text(to, name);
    to << YAML::Value;
    write(to, member);
  }
  to << YAML::EndMap;
}

void write(YAML::Emitter& to, const value& what) {
  if (what.is_object())
    write_map(to, what);
  else if (what.is_array())
    write_list(to, what);
  else if (what.is_string())
    write_text(to, what.get_ref<const std::string&>());
  else if (what.is_null())
    to << YAML::Null;
  else
    to << what.dump();
}

/// yaml-cpp writes a comment of a line of its own at the line's begin, behind an empty line at
/// times: it is moved to where the member stands that it is about. Nothing else begins with a `#`
/// there, since blocks are indented.
std::string with_comments_indented(const std::string& text) {
  std::string out;
  std::vector<std::string> comments;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) {
      if (comments.empty() && (out == "\n" || out.ends_with("\n\n"))) out.pop_back();
      comments.push_back(std::move(line));
      continue;
    }
    const std::string indent(std::min(line.find_first_not_of(' '), line.size()), ' ');
    for (const auto& comment : std::exchange(comments, {}))
      out += indent + comment + "\n";
    out += line + "\n";
  }
  return out;
}

} // namespace

std::string to_yaml(const value& document) {
  YAML::Emitter out;
  write(out, document);
  return with_comments_indented(out.c_str());
}

std::string to_yaml(const std::vector<value>& documents) {
  std::string text;
  for (const auto& document : documents)
    text += (text.empty() ? "" : "---\n") + to_yaml(document);
  return text;
}

} // namespace squall::render
