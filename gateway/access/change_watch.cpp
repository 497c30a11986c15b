#include "gateway/access/change_watch.hpp"

namespace squall::gateway::access {
namespace {

std::int64_t unix_ms(change_watch::time_point when) {
  using namespace std::chrono;
  return duration_cast<milliseconds>(when.time_since_epoch()).count();
}

} // namespace

change_watch::change_watch(const latest<token_table>& tokens, time_point now) : tokens_{tokens} {
  look(unix_ms(now));
}

bool change_watch::has_changed(time_point now) {
  const auto now_ms = unix_ms(now);
  if (version_ == tokens_.version() && !(next_expiry_ && *next_expiry_ <= now_ms)) return false;
  look(now_ms);
  return true;
}

void change_watch::look(std::int64_t now_ms) {
  version_ = tokens_.version(); // read first: at worst it is looked up once more
  next_expiry_.reset();
  const auto table = tokens_.get();
  for (const auto& each : table->all())
    if (each.expires && *each.expires > now_ms && (!next_expiry_ || *each.expires < *next_expiry_))
      next_expiry_ = each.expires;
}

} // namespace squall::gateway::access
