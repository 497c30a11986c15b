#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Small things about texts that HTTP needs.
namespace squall::workers::fetch {

/// In lower case, ASCII's letters alone.
std::string lower(std::string_view text);

/// Whether two names are the same but for the case of ASCII's letters.
bool same_name(std::string_view left, std::string_view right) noexcept;

/// A host's name as it is compared: in lower case, without the dot of the root at its end.
std::string host_key(std::string_view host);

/// Whether this is a token (RFC 9110, 5.6.2), as methods and names of header fields are.
bool is_token(std::string_view text) noexcept;

/// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

/// As it is when it is UTF-8, otherwise read as Latin-1, as header fields of old servers are.
std::string as_utf8(std::string_view text);

/// The characters of a valid JSON token when it is a string without escapes: what most are.
std::optional<std::string_view> plain_string(std::string_view token) noexcept;

/// Appends a JSON string with the text `as_utf8`.
void append_quoted(std::string& out, std::string_view text);

/// RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);

/// Nothing when it is no base64 with its padding.
std::optional<std::string> from_base64(std::string_view text);

} // namespace squall::workers::fetch
