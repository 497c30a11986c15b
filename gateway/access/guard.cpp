#include "gateway/access/guard.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace squall::gateway::access {
namespace {

constexpr std::string_view blank = " \t";
constexpr std::string_view own_protocol = "squall.v1";
constexpr std::string_view bearer_protocol = "bearer.";

std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

bool same_letters(std::string_view text, std::string_view lower) {
  return std::ranges::equal(
      text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

} // namespace

std::string_view reason_of(verdict why) noexcept {
  constexpr std::string_view names[] = {"allowed", "missing", "invalid", "expired", "forbidden"};
  return names[static_cast<std::size_t>(why)];
}

/// Somebody may be trying tokens: those that were shown and do not count are told, but nothing of
/// them.
void guard::count(verdict why, std::string_view peer) const {
  (*counts_)[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed);
  if (peer.empty() || (why != verdict::invalid && why != verdict::expired)) return;
  const auto sort = std::string{reason_of(why)}.append(1, ' ').append(peer);
  const auto more = told_->note(sort, std::chrono::steady_clock::now());
  if (!more) return;
  spdlog::warn("a token that {} has shown was refused: {}{}", peer,
               why == verdict::expired ? "it has expired" : "it is not known here",
               *more == 0 ? std::string{}
                          : "; " + std::to_string(*more) +
                                " more times from this address since the last such line");
}

void visitor::show(std::string_view secret) {
  secret_.reset();
  if (!secret.empty()) secret_ = digest_of(secret);
  seen_ = 0;
  found_ = nullptr;
  narrowed_ = false;
}

verdict visitor::look() {
  if (!secret_) return verdict::missing;
  if (const auto version = guard_->tokens_->version(); seen_ != version) {
    seen_ = version; // read first: at worst it is looked up once more
    auto table = guard_->tokens_->get();
    const auto* const now = table->find(*secret_);
    narrowed_ = narrowed_ || (found_ && now && !now->may.cover(found_->may));
    found_ = now;
    table_ = std::move(table);
  }
  if (!found_) return verdict::invalid;
  return found_->expires && *found_->expires <= unix_ms() ? verdict::expired : verdict::allowed;
}

verdict visitor::count(verdict why) const {
  if (why != verdict::allowed) guard_->count(why, peer_);
  return why;
}

verdict visitor::check() {
  return guard_->is_open() ? verdict::allowed : count(look());
}

verdict visitor::judge(const need& what) {
  if (guard_->is_open() || what.of == area::none) return verdict::allowed;
  auto result = look();
  if (result == verdict::allowed && !found_->may.allow(what)) result = verdict::forbidden;
  return count(result);
}

std::optional<std::string> visitor::loss() {
  if (is_free() || !secret_) return std::nullopt;
  if (const auto why = look(); why != verdict::allowed) return explain(count(why), {});
  if (narrowed_) return "this token allows less than it did";
  return std::nullopt;
}

/// The earlier one is not looked up again: what it has allowed counts, which may be less by now.
bool visitor::stands_for(const visitor& earlier) const {
  if (is_free() || !earlier.secret_) return true;
  return found_ && earlier.found_ && !earlier.narrowed_ && found_->may.cover(earlier.found_->may);
}

std::string visitor::explain(verdict why, const need& what) const {
  switch (why) {
  case verdict::missing:
    return "a token is needed";
  case verdict::invalid:
    return "this token is not known here";
  case verdict::expired:
    return "this token has expired";
  case verdict::forbidden: {
    std::string has;
    for (const auto& each : found_->may.texts())
      has.append(has.empty() ? "" : ", ").append(each);
    return "this needs the scope " + scope_of(what) + "; the token " + found_->name + " has " + has;
  }
  case verdict::allowed:
    break;
  }
  return {};
}

std::string_view bearer_of(std::string_view authorization) noexcept {
  constexpr std::string_view scheme = "bearer";
  const auto end = std::min(authorization.find_first_of(blank), authorization.size());
  if (!same_letters(authorization.substr(0, end), scheme)) return {};
  return trimmed(authorization.substr(end));
}

offered_protocols read_protocols(std::string_view offered) noexcept {
  offered_protocols result;
  while (!offered.empty()) {
    const auto comma = std::min(offered.find(','), offered.size());
    const auto each = trimmed(offered.substr(0, comma));
    offered.remove_prefix(std::min(comma + 1, offered.size()));
    if (each == own_protocol) {
      result.chosen = each;
    } else if (each.starts_with(bearer_protocol) && result.token.empty()) {
      result.token = each.substr(bearer_protocol.size());
      if (result.chosen.empty()) result.chosen = each;
    }
  }
  return result;
}

} // namespace squall::gateway::access
