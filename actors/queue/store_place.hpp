#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace squall::actors {

/// Where queues are kept.
struct store_place {
  std::optional<std::filesystem::path> file; ///< of SQLite
  std::string url{};                         ///< of PostgreSQL; empty, without a file: in memory

  friend bool operator==(const store_place&, const store_place&) = default;
};

/// Reads `memory:`, `sqlite:PATH` or `postgres://...`. Throws `std::invalid_argument` for anything
/// else; its text is for people and says what is taken. Pure.
store_place parse_store_place(std::string_view text);

/// The text that `parse_store_place` reads, but for passwords and options of a server.
std::string to_string(const store_place& place);

} // namespace squall::actors
