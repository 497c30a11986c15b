#pragma once

#include "gateway/access/token_table.hpp"

#include <filesystem>
#include <string>
#include <string_view>

/// Changing the file of tokens. Several processes may do so at a time, and a gateway may read it:
/// nothing is lost, and nobody sees a line that is half written.
namespace squall::gateway::access {

/// A new secret: `sq_` and 43 characters of base64url, which are 32 random bytes.
std::string make_secret();

/// Appends a token's line; the file is made, for its owner alone, when there is none. Throws
/// `bad_tokens` when the name is taken or the file cannot be used; then it is as before.
void append_token(const std::filesystem::path& file, const token& what);

/// Takes the line of a token out; all others stay as they are. Throws `bad_tokens`, also when there
/// is none of that name.
void remove_token(const std::filesystem::path& file, std::string_view name);

} // namespace squall::gateway::access
