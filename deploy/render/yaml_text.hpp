#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// YAML that people read: objects as values here, text from yaml-cpp.
namespace squall::render {

/// What is to be written; maps keep the order in which they were made.
using value = nlohmann::ordered_json;

/// One YAML document. A map's member whose name begins with `#` is a comment of that text, before
/// the members that follow. Texts that a reader would take for something else are quoted, those of
/// several lines are blocks. Pure.
std::string to_yaml(const value& document);

/// Several documents in one file, in their order.
std::string to_yaml(const std::vector<value>& documents);

} // namespace squall::render
