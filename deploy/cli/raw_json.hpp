#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::cli {

/// The text of a member's value in the JSON object `object`, exactly as it stands there, so that
/// no integer is rounded on its way through. The first such member; keys with escapes are not
/// decoded. Nothing when there is none. `object` must be valid JSON. The result views `object`.
std::optional<std::string_view> raw_member(std::string_view object, std::string_view key);

/// The texts of the elements of the JSON array `array`, exactly as they stand there. Empty when it
/// is no array. `array` must be valid JSON. The results view `array`.
std::vector<std::string_view> raw_elements(std::string_view array);

/// `text` on several lines, indented by two spaces a level; every value as it stands. `text` must
/// be valid JSON.
std::string indented(std::string_view text);

/// `text` as a JSON string, quotes included. Bytes that are no UTF-8 are replaced.
std::string json_string(std::string_view text);

} // namespace squall::cli
