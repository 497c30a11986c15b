#include "deploy/manifest/store_text.hpp"

#include "actors/queue/store_place.hpp"
#include "deploy/manifest/values.hpp"

#include <stdexcept>

namespace squall::manifest {

void read_store(report& to, const node& value, std::string& out) {
  // A variable that nobody set: the default.
  if (value.is == node::sort::scalar && value.filled_in && value.text.empty()) return;
  std::string text;
  if (!read_text(to, value, "a store", text)) return;
  try {
    const auto place = actors::parse_store_place(value.text);
    // Kept also when it is refused below: other checks go by what it is.
    out = place.file ? "sqlite:" + to.absolute(place.file->string()) : value.text;
    if (has_password(value.text) && !value.filled_in)
      to.add(value.at, "a password does not belong in a manifest; leave it out and set PGPASSWORD "
                       "in the group's environment to ${PGPASSWORD}, or use ~/.pgpass");
  } catch (const std::invalid_argument& error) {
    if (value.filled_in)
      refuse(to, value, "no store", "sqlite:PATH, postgres://USER@HOST/DATABASE or memory:");
    else
      to.add(value.at, error.what());
  }
}

bool is_shared_store(std::string_view store) {
  return store.starts_with("postgres:") || store.starts_with("postgresql:");
}

bool has_password(std::string_view store) {
  if (!is_shared_store(store)) return false;
  const auto begin = store.find("://") + 3;
  const auto user = store.substr(begin, store.find_first_of("/?", begin) - begin);
  const auto at = user.rfind('@');
  const bool in_user =
      at != std::string_view::npos && user.substr(0, at).find(':') != std::string_view::npos;
  return in_user || store.find("password=") != std::string_view::npos;
}

} // namespace squall::manifest
