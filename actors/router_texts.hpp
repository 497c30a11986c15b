#pragma once

#include "actors/router_ledger.hpp"
#include "actors/router_roster.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// What the router tells people when it answers a call itself.
namespace squall::actors::router_texts {

std::string unknown_kind(std::string_view asked, const router_roster::kind_map& kinds);
std::string nobody_offers(const router_kind& kind, std::chrono::steady_clock::time_point now);
/// Why the kind's line takes no more; `room` is not `free`.
std::string no_room(const router_kind& kind, waiting_line::room room);
std::string deadline_passed(const router_call& call);
/// `repeatable`: it was tried as often as it may be; otherwise it may not be run twice.
std::string worker_lost(const router_call& call, const proto::worker_info& worker, bool repeatable);

} // namespace squall::actors::router_texts
