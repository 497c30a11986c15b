#pragma once

#include "deploy/manifest/report.hpp"

#include <string>
#include <string_view>
#include <vector>

/// YAML as a tree of plain values that know where they stood, with variables put in.
namespace squall::manifest {

struct member;

/// A value of the document.
struct node {
  enum class sort { nothing, scalar, list, map };

  sort is = sort::nothing;
  place at;
  std::string text;            ///< of a scalar, with variables put in
  std::string written;         ///< of a scalar, as it stands in the file
  bool quoted = false;         ///< a scalar that is text, whatever it looks like
  bool filled_in = false;      ///< a variable is in it: `text` is not to be shown
  std::vector<node> items;     ///< of a list
  std::vector<member> members; ///< of a map, in their order, each name once
};

/// A member of a map.
struct member {
  std::string name;
  place at; ///< of the name
  node value;
};

/// The value of a member, or nothing.
const node* find(const node& map, std::string_view name);

/// For messages: a scalar as it stands in the file, so that what variables hold is not told; of
/// everything else what it is.
std::string shown(const node& value);

/// The document's tree. What is wrong is reported; what can be read all the same is in the tree.
node parse_document(std::string_view text, const variables& look_up, report& to);

/// JSON with the same values. Text without quotes is what YAML's core schema takes it for.
std::string to_json(const node& value);

} // namespace squall::manifest
