#include "actors/queue/store_place.hpp"

#include "actors/queue/postgres/connection.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace squall::actors {
namespace {

constexpr std::string_view memory{"memory:"};
constexpr std::string_view sqlite{"sqlite:"};
constexpr std::array schemes{std::string_view{"postgres://"}, std::string_view{"postgresql://"}};
constexpr const char* what_is_taken =
    ": write sqlite:PATH for a file, postgres://HOST/DATABASE, or memory:";

/// Of what may be a server's with a password only the beginning.
std::string shown(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find('@', colon) == std::string_view::npos)
    return std::string{text};
  return std::string{text.substr(0, colon + 1)} + "...";
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw std::invalid_argument{"'" + shown(text) + "' " + why};
}

/// Ways to write a scheme that are not ours, and what they mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> near_misses{{
    {"file:", sqlite},
    {"sqlite3:", sqlite},
    {"sqllite:", sqlite},
    {"SQLite:", sqlite},
    {"pg:", schemes[0]},
    {"psql:", schemes[0]},
    {"mem:", memory},
    {"ram:", memory},
    {":memory:", memory},
}};

store_place sqlite_place(std::string_view text, std::string_view path) {
  if (path.empty()) refuse(text, std::string{"names no file"} + what_is_taken);
  if (path == ":memory:") // to SQLite this is no file
    refuse(text, "names no file: did you mean " + std::string{memory} + " ?");
  if (path.starts_with("//") && !path.starts_with("///"))
    refuse(text, std::string{"names another machine, which SQLite cannot reach"} + what_is_taken);
  return {std::filesystem::path{path}, {}};
}

/// What is refused is not shown: it may hold a password.
store_place postgres_place(std::string_view text) {
  const auto scheme = text.substr(0, text.find(':') + 1);
  if (std::ranges::none_of(schemes, [text](auto each) { return text.starts_with(each); }))
    refuse(scheme, std::string{"names no server"} + what_is_taken);
  std::string url{text};
  if (postgres::place_of(url).empty())
    refuse(scheme, "is followed by what is no URL of PostgreSQL's: write "
                   "postgres://USER@HOST:PORT/DATABASE, and special characters as %XX");
  return {std::nullopt, std::move(url)};
}

} // namespace

store_place parse_store_place(std::string_view text) {
  if (text == memory) return {};
  if (text.starts_with(memory)) refuse(text, "is more than memory: alone, which has no names");
  if (text.starts_with(sqlite)) return sqlite_place(text, text.substr(sqlite.size()));
  if (text.starts_with("postgres:") || text.starts_with("postgresql:")) return postgres_place(text);
  for (const auto& [written, meant] : near_misses)
    if (text.starts_with(written)) {
      const auto rest = meant == sqlite ? text.substr(written.size()) : std::string_view{};
      refuse(text, "is no store: did you mean " + std::string{meant} + std::string{rest} + " ?");
    }
  if (text == "memory") refuse(text, "is no store: did you mean memory: ?");
  if (text.find('/') < text.find(':')) // a path, without what would say so
    refuse(text, "is no store: did you mean sqlite:" + std::string{text} + " ?");
  refuse(text, std::string{"is no store"} + what_is_taken);
}

std::string to_string(const store_place& place) {
  if (place.file) return std::string{sqlite} + place.file->string();
  return place.url.empty() ? std::string{memory}
                           : std::string{schemes[0]} + postgres::place_of(place.url);
}

} // namespace squall::actors
