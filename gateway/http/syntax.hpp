#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Characters and small grammars of HTTP and URIs. Pure.
namespace squall::gateway::http {

/// `tchar` of RFC 9110, 5.6.2.
bool is_token(std::string_view text) noexcept;
/// What a header's value may consist of: visible characters, space, tab, obs-text (RFC 9110, 5.5).
bool is_field_value(std::string_view text) noexcept;
/// Only visible ASCII characters.
bool is_visible(std::string_view text) noexcept;
/// `uri-host [":" port]`, not empty (RFC 9110, 7.2).
bool is_authority(std::string_view text) noexcept;
/// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text) noexcept;
/// Equality of ASCII texts without regard to case.
bool same_text(std::string_view a, std::string_view b) noexcept;
/// A decimal number of digits alone, at most `max`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) noexcept;

/// Percent-decodes; nothing when an escape is malformed. `plus_is_space` as forms have it.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// A request's target (RFC 9112, 3.2).
struct target {
  std::string_view authority; ///< of the absolute form
  std::string_view path;
  std::string_view query;
};

/// Splits the target of a request with `method`; nothing when it has no form that the method may
/// have.
std::optional<target> parse_target(std::string_view method, std::string_view text) noexcept;

/// Takes the next `name=value` off `query`, undecoded. `query` is not empty.
std::pair<std::string_view, std::string_view> next_parameter(std::string_view& query) noexcept;

} // namespace squall::gateway::http
