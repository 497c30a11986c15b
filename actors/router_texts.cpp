#include "actors/router_texts.hpp"

namespace squall::actors::router_texts {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t most_kinds = 20;

/// A client's text, short enough for a message, never cut inside a UTF-8 sequence.
std::string shortened(std::string_view text) {
  if (text.size() <= longest_name) return std::string{text};
  auto end = longest_name;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return std::string{text.substr(0, end)} + "...";
}

std::string in_quotes(std::string_view name) {
  return '"' + std::string{name} + '"';
}

std::string name_of(const proto::worker_info& worker) {
  return worker.local ? "the gateway's own pool" : "worker " + in_quotes(worker.name);
}

template <class Unit>
std::string count_of(std::chrono::steady_clock::duration time) {
  return std::to_string(std::chrono::duration_cast<Unit>(time).count());
}

} // namespace

std::string unknown_kind(std::string_view asked, const router_roster::kind_map& kinds) {
  auto text = "no worker has offered the kind " + in_quotes(shortened(asked)) + "; ";
  if (kinds.empty()) return text + "no worker has joined yet";
  text += "kinds: ";
  std::size_t count = 0;
  for (const auto& [name, kind] : kinds) {
    if (count > 0) text += ", ";
    if (count++ == most_kinds) return text + "...";
    text += name;
  }
  return text;
}

std::string nobody_offers(const router_kind& kind, std::chrono::steady_clock::time_point now) {
  const auto name = in_quotes(kind.info.name);
  const auto seconds = count_of<std::chrono::seconds>(now - kind.last_left);
  if (!kind.offered)
    return "no worker has offered the kind " + name + " in the " + seconds +
           " s since the gateway's start";
  return "no worker offers the kind " + name + " now; the last one left " + seconds + " s ago";
}

std::string no_room(const router_kind& kind, waiting_line::room room) {
  const auto& bounds = kind.line.bounds();
  const auto of_kind = " of the kind " + in_quotes(kind.info.name);
  if (room == waiting_line::room::connection_full)
    return std::to_string(bounds.connection) + " calls" + of_kind +
           " are waiting on this connection, and no more may wait there";
  if (room == waiting_line::room::bytes_full)
    return "the params of waiting calls" + of_kind + " take " + std::to_string(kind.line.bytes()) +
           " bytes, and no more than " + std::to_string(bounds.bytes) + " may";
  return std::to_string(kind.line.size()) + " calls" + of_kind +
         " are waiting, and no more may wait";
}

std::string deadline_passed(const router_call& call) {
  return "no answer within " + count_of<std::chrono::milliseconds>(call.deadline - call.arrival) +
         " ms; the call was " +
         (call.at ? "at " + name_of(call.at->owner->info) : "waiting for a free slot");
}

std::string worker_lost(const router_call& call, const proto::worker_info& worker,
                        bool repeatable) {
  if (!repeatable) {
    const auto& info = call.kind->info;
    const auto what = info.repeatable_if.param.empty()
                          ? "the kind " + in_quotes(info.name)
                          : "with its " + in_quotes(info.repeatable_if.param) + " it";
    return name_of(worker) + " died during the call, and " + what + " may not be run twice";
  }
  if (call.losses <= 1) return name_of(worker) + " died during the call";
  return std::to_string(call.losses) + " workers died during the call; the last was " +
         name_of(worker);
}

} // namespace squall::actors::router_texts
