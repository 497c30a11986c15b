#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace squall::cli {

/// The text of a member's value in the JSON object `object`, exactly as it stands there, so that
/// no integer is rounded on its way through. The first such member; keys with escapes are not
/// decoded. Nothing when there is none. `object` must be valid JSON. The result views `object`.
std::optional<std::string_view> raw_member(std::string_view object, std::string_view key);

/// `text` as a JSON string, quotes included. Bytes that are no UTF-8 are replaced.
std::string json_string(std::string_view text);

} // namespace squall::cli
