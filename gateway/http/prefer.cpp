#include "gateway/http/prefer.hpp"

#include "gateway/http/syntax.hpp"

#include <algorithm>
#include <limits>

namespace squall::gateway::http {
namespace {

/// Takes the next preference off a list; commas inside of quotes are part of it.
std::string_view next_preference(std::string_view& list) noexcept {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (quoted || list[end] != ','); ++end) {
    if (list[end] == '"') quoted = !quoted;
    if (quoted && list[end] == '\\') ++end;
  }
  const auto one = list.substr(0, end);
  list.remove_prefix(std::min(list.size(), end + 1));
  return one;
}

std::string_view without_quotes(std::string_view value) noexcept {
  const bool quoted = value.size() > 1 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

} // namespace

std::optional<std::uint32_t> preferred_wait(std::string_view prefer) noexcept {
  while (!prefer.empty()) {
    auto one = next_preference(prefer);
    one = one.substr(0, one.find(';')); // parameters
    const auto equals = one.find('=');
    if (!same_text(trim(one.substr(0, equals)), "wait")) continue;
    if (equals == std::string_view::npos) return std::nullopt;
    const auto seconds = parse_number(without_quotes(trim(one.substr(equals + 1))),
                                      std::numeric_limits<std::uint64_t>::max());
    if (!seconds) return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*seconds, longest_wait_s));
  }
  return std::nullopt;
}

} // namespace squall::gateway::http
