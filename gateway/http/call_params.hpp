#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace squall::gateway::http {

/// The params of a call, as JSON text, from a query string as forms write it: every value is a
/// string, a name that is repeated has an array of strings. Nothing when an escape is malformed or
/// the text is not UTF-8.
std::optional<std::string> params_of_query(std::string_view query);

} // namespace squall::gateway::http
