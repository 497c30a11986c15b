#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace squall::cli {

/// The one parameter that a bare value stands for: `97` for `{"n":"97"}`.
struct bare_param {
  std::string name;    ///< empty: there is none
  bool as_text = true; ///< the schema allows a string: digits of any length stay exact

  friend bool operator==(const bare_param&, const bare_param&) = default;
};

/// The parameter that a kind's schema (JSON Schema, as text) names first under `required`, also
/// in the first branch of `anyOf` or `oneOf`, which may be a `$ref` within the schema; without any,
/// its only property. Nothing when there is none of these.
std::optional<bare_param> bare_param_of(std::string_view schema);

/// Whether `text` is meant as a JSON object, rather than as a bare value.
bool looks_like_object(std::string_view text);

/// Params as JSON text: `text` itself when it is a JSON object, or the object that has it as
/// `param`. Nothing when `text` begins as an object and is no JSON, when there is no parameter for
/// a bare value, or when that is no string and `text` is no JSON.
std::optional<std::string> params_of(std::string_view text, const bare_param& param);

} // namespace squall::cli
