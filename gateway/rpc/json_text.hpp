#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace squall::gateway::rpc {

/// Appends `text` as a JSON string; what is no UTF-8 in it becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text);

/// `text` as a JSON string for messages to people, cut when it has more than `most` bytes.
std::string shortened(std::string_view text, std::size_t most = 48);

/// Whether a text is UTF-8 (RFC 3629), which `proto::json_cursor` does not look at.
bool is_utf8(std::string_view text) noexcept;

/// The characters of a valid string token (with quotes). `decoded` is used when it has escapes; the
/// view is of one of the two.
std::string_view unquoted(std::string_view token, std::string& decoded);

} // namespace squall::gateway::rpc
