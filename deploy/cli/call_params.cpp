#include "deploy/cli/call_params.hpp"

#include "deploy/cli/raw_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace squall::cli {

namespace {

using nlohmann::json;

/// Whether a property's schema lets a string through.
bool takes_text(const json& property) {
  if (!property.is_object()) return true;
  for (const char* branches : {"anyOf", "oneOf"}) {
    const auto found = property.find(branches);
    if (found != property.end() && found->is_array()) {
      return std::any_of(found->begin(), found->end(), takes_text);
    }
  }
  const auto type = property.find("type");
  if (type == property.end()) return true;
  if (type->is_array()) return std::find(type->begin(), type->end(), "string") != type->end();
  return *type == "string";
}

/// What `schema` stands for: itself, or a part of `document` that it refers to.
const json& resolved(const json& schema, const json& document) {
  const auto reference = schema.is_object() ? schema.find("$ref") : schema.end();
  if (reference == schema.end() || !reference->is_string()) return schema;
  const auto& target = reference->get_ref<const std::string&>();
  if (!target.starts_with("#/")) return schema;
  try {
    return document.at(json::json_pointer(target.substr(1)));
  } catch (const json::exception&) {
    return schema; // the gateway is newer than this program, or wrong
  }
}

/// The name that `schema` asks for, itself or in its first branch.
std::optional<std::string> required_of(const json& schema, const json& document) {
  if (!schema.is_object()) return std::nullopt;
  const auto required = schema.find("required");
  if (required != schema.end() && required->is_array() && !required->empty() &&
      required->front().is_string()) {
    return required->front().get<std::string>();
  }
  for (const char* branches : {"anyOf", "oneOf"}) {
    const auto found = schema.find(branches);
    if (found == schema.end() || !found->is_array()) continue;
    for (const auto& branch : *found) {
      const auto& part = resolved(branch, document);
      // A part with branches of its own could lead back here.
      const bool plain = &part == &branch || (!part.contains("anyOf") && !part.contains("oneOf"));
      if (!plain) continue;
      if (auto name = required_of(part, document)) return name;
    }
  }
  return std::nullopt;
}

} // namespace

std::optional<bare_param> bare_param_of(std::string_view text) {
  const auto schema = json::parse(text, nullptr, false);
  if (!schema.is_object()) return std::nullopt;
  const auto properties = schema.value("properties", json::object());
  auto name = required_of(schema, schema);
  if (!name && properties.is_object() && properties.size() == 1) name = properties.begin().key();
  if (!name) return std::nullopt;
  const auto property = properties.find(*name);
  return bare_param{*name, property == properties.end() || takes_text(*property)};
}

bool looks_like_object(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first != std::string_view::npos && text[first] == '{';
}

std::optional<std::string> params_of(std::string_view text, const bare_param& param) {
  if (looks_like_object(text)) {
    if (!json::accept(text)) return std::nullopt;
    return std::string(text);
  }
  if (param.name.empty() || (!param.as_text && !json::accept(text))) return std::nullopt;
  const auto value = param.as_text ? json_string(text) : std::string(text);
  return "{" + json_string(param.name) + ":" + value + "}";
}

} // namespace squall::cli
