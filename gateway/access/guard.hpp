#pragma once

#include "gateway/access/token_table.hpp"
#include "gateway/latest.hpp"
#include "gateway/line_limit.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace squall::gateway::access {

/// What comes of a request.
enum class verdict : std::uint8_t {
  allowed,
  missing,   ///< no token was shown
  invalid,   ///< there is none like it
  expired,   ///< its time is over
  forbidden, ///< it does not allow this
};

/// Requests that were refused, by `verdict`; `allowed` stays 0. Counted by all io threads.
using refusals = std::array<std::atomic<std::uint64_t>, 5>;

/// What a refusal is called in metrics.
std::string_view reason_of(verdict why) noexcept;

/// Watches over the requests of one io thread, on it alone.
class guard {
public:
  /// `tokens` may be replaced at any time, and outlives this, as `counts` does. Null: everything is
  /// allowed.
  guard(const latest<token_table>* tokens, refusals& counts)
      : tokens_{tokens}, counts_{&counts}, told_{std::make_shared<line_limit>()} {}

  bool is_open() const noexcept { return tokens_ == nullptr; }

private:
  friend class visitor;

  void count(verdict why, std::string_view peer) const;

  const latest<token_table>* tokens_;
  refusals* counts_;
  std::shared_ptr<line_limit> told_; ///< of tokens that were refused, by peer and reason
};

/// Whoever makes the requests of a connection, with the token that was shown, of which no more is
/// kept than its digest. Goes by the tokens that there are at each request: one that was revoked
/// counts no more. Is outlived by its guard.
class visitor {
public:
  explicit visitor(const guard& by) noexcept : guard_{&by} {}
  /// Shows the token; empty: none. `peer` is the client's address, which lives as long as this: the
  /// log names it when the token does not count. Empty: the log is silent.
  visitor(const guard& by, std::string_view secret, std::string_view peer = {})
      : guard_{&by}, peer_{peer} {
    show(secret);
  }

  void show(std::string_view secret);
  /// Whether any token is there that counts now, whatever it allows.
  verdict check();
  /// Whether the request may be made now. One that may not is counted.
  verdict judge(const need& what);
  /// Tokens were replaced, or one has expired: why what is open here must end, if it must; for
  /// people. The token that was shown counts no more, or allows less than it did.
  std::optional<std::string> loss();
  /// Whether no token is needed, or one that counts was shown. Counts nothing.
  bool is_known() { return is_free() || look() == verdict::allowed; }
  /// Whether what was opened under `earlier` may stay open under this one, which was just allowed:
  /// its token allows all that the earlier one did.
  bool stands_for(const visitor& earlier) const;
  /// For people: what is wrong with `what`, refused as `why`.
  std::string explain(verdict why, const need& what) const;
  /// The token of the last `judge` or `check`; null when none counts.
  const token* shown() const noexcept { return found_; }
  bool has_shown() const noexcept { return secret_.has_value(); }
  /// Whether no token is needed at all.
  bool is_free() const noexcept { return guard_->is_open(); }

private:
  verdict count(verdict why) const;
  verdict look();

  const guard* guard_;
  std::string_view peer_;
  std::optional<digest> secret_;
  std::shared_ptr<const token_table> table_; ///< that `found_` is of
  const token* found_ = nullptr;
  std::uint64_t seen_ = 0; ///< `latest::version` at the last look
  bool narrowed_ = false;  ///< the token has allowed more than it does now
};

/// The token of an `Authorization: Bearer` (RFC 6750, 2.1); empty: none.
std::string_view bearer_of(std::string_view authorization) noexcept;

/// What a WebSocket handshake offers as subprotocols.
struct offered_protocols {
  std::string_view token;  ///< of `bearer.TOKEN`; empty: none
  std::string_view chosen; ///< what is to be answered; empty: nothing
};
/// `squall.v1` is chosen when it is there. A browser gives up when nothing is chosen of what it
/// offered, so that `bearer.TOKEN` alone is given back.
offered_protocols read_protocols(std::string_view offered) noexcept;

} // namespace squall::gateway::access
