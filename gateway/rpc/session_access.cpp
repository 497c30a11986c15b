#include "gateway/rpc/session.hpp"

#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <string>
#include <utility>
#include <vector>

namespace squall::gateway::rpc {
namespace {

using access::verdict;

proto::errc code_of(verdict why) {
  return why == verdict::forbidden ? proto::errc::forbidden : proto::errc::unauthorized;
}

/// What a token allows, for its client. Names and scopes need no escapes.
std::string about(const access::visitor& who) {
  const auto* const shown = who.shown();
  if (who.is_free() || !shown) return R"({"name":null,"scopes":["admin"]})";
  std::string text = R"({"name":")" + shown->name + R"(","scopes":[)";
  for (const auto& each : shown->may.texts())
    text.append(text.back() == '[' ? "\"" : ",\"").append(each).append(1, '"');
  return text += "]}";
}

} // namespace

/// Whether anything is there that a token was needed for.
bool session::has_anything_open() const noexcept {
  return open_ > 0 || holds_ || (watches_ && (watches_->size() > 0 || watches_->watches_mine()));
}

/// Shows a token, instead of the one before, which stays when this one does not count. What is open
/// goes on: until the token that it was opened under counts no more, unless this one allows all
/// that that one did.
void session::run_authenticate(const request& entry, const batch_ptr& group) {
  std::string_view value;
  proto::json_cursor cursor{entry.params};
  cursor.members([&value](std::string_view key, std::string_view found) {
    if (key == "\"token\"") value = found;
    return true;
  });
  std::string decoded;
  if (!value.starts_with('"'))
    return fail(entry.id, group, proto::errc::invalid_params, "token: a text is needed");
  auto next = who_;
  next.show(unquoted(value, decoded));
  const auto result = next.check();
  if (result != verdict::allowed)
    return fail(entry.id, group, code_of(result), next.explain(result, {}));
  if (!has_anything_open()) earlier_.clear();
  std::erase_if(earlier_, [&next](const auto& each) { return next.stands_for(each); });
  if (has_anything_open() && !next.stands_for(who_)) {
    if (earlier_.size() >= max_earlier)
      return fail(entry.id, group, proto::errc::overloaded,
                  "too many tokens were shown while something is open on this connection: end "
                  "that first, or use another connection");
    earlier_.push_back(who_);
  }
  who_ = std::move(next);
  proto::result answer;
  answer.body = about(who_);
  reply(entry.id, group, answer);
}

void session::on_access_changed() {
  if (const auto why = who_.loss()) return port_.refuse(*why);
  if (!has_anything_open()) return earlier_.clear();
  for (auto& each : earlier_)
    if (const auto why = each.loss())
      return port_.refuse("something is open under an earlier token: " + *why);
}

/// Before the params are looked at: whether there is a token that counts. Otherwise the request is
/// answered.
bool session::is_let_in(const request& entry, const batch_ptr& group) {
  return pass(who_.check(), {}, entry, group);
}

/// Whether the request may be made; otherwise it is answered.
bool session::may(const access::need& what, const request& entry, const batch_ptr& group) {
  return pass(who_.judge(what), what, entry, group);
}

bool session::pass(verdict result, const access::need& what, const request& entry,
                   const batch_ptr& group) {
  if (result == verdict::allowed) return true;
  auto why = who_.explain(result, what);
  if (result == verdict::missing) why += ": call authenticate first";
  fail(entry.id, group, code_of(result), std::move(why));
  return false;
}

} // namespace squall::gateway::rpc
