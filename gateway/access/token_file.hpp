#pragma once

#include "gateway/access/token_table.hpp"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The file of tokens: a line each, `NAME SHA256HEX SCOPE[,SCOPE...] [EXPIRES]`, parted by spaces
/// or tabs; SHA256HEX is the token's SHA-256, EXPIRES a time as RFC 3339 writes it. Empty lines and
/// those that begin with `#` count for nothing.
namespace squall::gateway::access {

/// What is wrong with a file of tokens: every mistake, a line each.
struct bad_tokens : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a file says.
struct token_lines {
  std::vector<token> tokens;
  std::vector<std::string> mistakes; ///< `line 3: ...`; no token's digest is in them
};

token_lines read_tokens(std::string_view text);

/// Reads a file. Throws `bad_tokens`, whose text names the file.
std::shared_ptr<const token_table> load_tokens(const std::filesystem::path& file);

/// One line of such a file, with its newline.
std::string token_line(const token& what);

/// Whether it may stand as a token's name: letters, digits and `._-`, 64 at most.
bool is_token_name(std::string_view text) noexcept;

} // namespace squall::gateway::access
