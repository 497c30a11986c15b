#pragma once

#include "gateway/access/scope.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::gateway::access {

/// SHA-256 of a token: all that is kept of one.
using digest = std::array<unsigned char, 32>;
digest digest_of(std::string_view secret);

/// A credential as the operator wrote it down.
struct token {
  std::string name;
  digest secret{};
  scopes may;
  std::optional<std::int64_t> expires; ///< Unix time in milliseconds
};

/// All tokens of a gateway. Never changed once it is made, and so shared by all io threads.
class token_table {
public:
  explicit token_table(std::vector<token> tokens) : tokens_{std::move(tokens)} {}

  /// The token of that digest, or null; also one that has expired. Compares with every one of them
  /// in constant time, so that the time that it takes tells nothing.
  const token* find(const digest& secret) const noexcept;
  std::size_t size() const noexcept { return tokens_.size(); }
  const std::vector<token>& all() const noexcept { return tokens_; }

private:
  std::vector<token> tokens_;
};

} // namespace squall::gateway::access
