#include "deploy/manifest/document.hpp"

#include "deploy/manifest/fill_in.hpp"

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace squall::manifest {
namespace {

/// Deeper than any manifest, and far from what a stack takes.
constexpr std::size_t deepest = 32;
/// What aliases stand for counts each time, so that a few lines of them cannot fill the memory.
constexpr std::size_t most_values = 100'000;

constexpr std::string_view standard_tags = "tag:yaml.org,2002:";
constexpr std::size_t longest_shown = 60;

/// Ends the reading of a document; has been reported.
struct given_up : std::exception {};

place place_of(const YAML::Mark& mark, place otherwise) {
  if (mark.is_null()) return otherwise;
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
  });
}

/// Makes our tree of yaml-cpp's, in which an alias is the very node that it stands for.
class builder {
public:
  builder(const variables& look_up, report& to) : look_up_(look_up), to_(to) {}

  node build(const YAML::Node& from, place near, std::size_t depth = 0) {
    node out;
    out.at = place_of(from.Mark(), near);
    if (depth > deepest) give_up(out.at, "more than 32 levels deep");
    if (++values_ > most_values)
      give_up(out.at, "more than 100000 values, with what aliases stand for");
    check_tag(from, out.at);
    if (from.IsScalar()) fill_scalar(from, out);
    if (from.IsSequence()) {
      out.is = node::sort::list;
      for (const auto& item : from)
        out.items.push_back(build(item, out.at, depth + 1));
    }
    if (from.IsMap()) fill_map(from, out, depth);
    return out;
  }

private:
  [[noreturn]] void give_up(place at, std::string what) {
    to_.add(at, std::move(what));
    throw given_up();
  }

  void check_tag(const YAML::Node& from, place at) {
    const std::string_view tag = from.Tag();
    if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with(standard_tags)) return;
    to_.add(at, "the tag '" + std::string(tag) + "' means nothing here; leave it out");
  }

  void fill_scalar(const YAML::Node& from, node& out) {
    out.is = node::sort::scalar;
    out.written = from.Scalar();
    out.quoted = from.Tag() == "!" || from.Tag() == std::string(standard_tags) + "str";
    const auto value = fill_in(out.written, look_up_);
    if (const auto* wrong = std::get_if<std::string>(&value)) {
      to_.add(out.at, *wrong);
      return;
    }
    out.text = std::get<filled>(value).text;
    out.filled_in = std::get<filled>(value).has_variable;
    if (has_control_character(out.text)) to_.add(out.at, "a control character is in this text");
  }

  void fill_map(const YAML::Node& from, node& out, std::size_t depth) {
    out.is = node::sort::map;
    for (const auto& each : from) {
      const auto at = place_of(each.first.Mark(), out.at);
      if (!each.first.IsScalar()) {
        to_.add(at, "a key that is no text");
        continue;
      }
      const auto& name = each.first.Scalar();
      if (find(out, name) != nullptr) {
        to_.add(at, "'" + name + "' is said for the second time");
        continue;
      }
      out.members.push_back({name, at, build(each.second, at, depth + 1)});
    }
  }

  const variables& look_up_;
  report& to_;
  std::size_t values_ = 0;
};

/// A number as JSON writes it.
bool is_json_number(const std::string& text) {
  const bool may_be = !text.empty() && (text.front() == '-' || std::isdigit(text.front()) != 0);
  return may_be && nlohmann::json::accept(text);
}

std::string scalar_json(const node& value) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> words{{
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"NULL", "null"},
      {"true", "true"},
      {"True", "true"},
      {"TRUE", "true"},
      {"false", "false"},
      {"False", "false"},
      {"FALSE", "false"},
  }};
  if (!value.quoted) {
    const auto* const word =
        std::ranges::find(words, std::string_view(value.text), &decltype(words)::value_type::first);
    if (word != words.end()) return std::string(word->second);
    if (is_json_number(value.text)) return value.text;
  }
  // Broken UTF-8 can come from a variable only; it is replaced.
  return nlohmann::json(value.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// What helps with a mistake that the parser's words do not explain.
std::string hint(std::string_view text, place at) {
  for (std::size_t line = 1; line < at.line; ++line)
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  const auto indent = text.substr(0, text.find_first_not_of(" \t"));
  return indent.find('\t') == std::string_view::npos ? ""
                                                     : " (YAML is indented with spaces, not tabs)";
}

} // namespace

const node* find(const node& map, std::string_view name) {
  const auto found = std::ranges::find(map.members, name, &member::name);
  return found == map.members.end() ? nullptr : &found->value;
}

std::string shown(const node& value) {
  switch (value.is) {
    using enum node::sort;
  case list:
    return "a list";
  case map:
    return "a map";
  case nothing:
    return "nothing";
  case scalar:
    break;
  }
  auto text = value.written.substr(0, longest_shown);
  if (text.size() < value.written.size()) text += "...";
  return (value.filled_in ? "the value of '" : "'") + text + "'";
}

node parse_document(std::string_view text, const variables& look_up, report& to) {
  try {
    const auto documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1)
      to.add(place_of(documents[1].Mark(), {}), "a second document; a manifest is one");
    if (!documents.empty()) return builder(look_up, to).build(documents.front(), {});
  } catch (const given_up&) {
    return {};
  } catch (const YAML::Exception& error) {
    const auto at = place_of(error.mark, {});
    to.add(at, "this is no YAML: " + error.msg + hint(text, at));
    return {};
  }
  return {};
}

std::string to_json(const node& value) {
  std::string text;
  switch (value.is) {
    using enum node::sort;
  case nothing:
    return "null";
  case scalar:
    return scalar_json(value);
  case list:
    for (const auto& item : value.items)
      text.append(text.empty() ? "" : ",").append(to_json(item));
    return "[" + text + "]";
  case map:
    for (const auto& each : value.members)
      text.append(text.empty() ? "" : ",")
          .append(nlohmann::json(each.name).dump())
          .append(":")
          .append(to_json(each.value));
    return "{" + text + "}";
  }
  return text;
}

} // namespace squall::manifest
