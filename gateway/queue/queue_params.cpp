#include "gateway/queue/queue_params.hpp"

#include "gateway/queue/queue_rate.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"
#include "proto/schedule.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace squall::gateway {
namespace {

using proto::json_cursor;
using proto::queue_request;

constexpr std::uint32_t day_ms = longest_timeout_ms;
constexpr std::uint32_t most_attempts = 1'000;
/// Longest text of an error that is kept of each failed attempt.
constexpr std::size_t longest_error = 4'096;

complaint read_order(std::string_view value, proto::queue_order& out) {
  using enum proto::queue_order;
  if (value == R"("fifo")")
    out = fifo;
  else if (value == R"("lifo")")
    out = lifo;
  else if (value == R"("priority")")
    out = priority;
  else
    return R"("fifo", "lifo" or "priority" is needed)";
  return std::nullopt;
}

/// Cut at the border of a character.
void shorten_error(std::string& text) {
  if (text.size() <= longest_error) return;
  auto end = longest_error;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  text.resize(end);
}

complaint read_error(std::string_view value, std::string& out) {
  auto wrong = read_string(value, out);
  if (!wrong) shorten_error(out);
  return wrong;
}

complaint read_ids(std::string_view value, std::vector<std::uint64_t>& out) {
  json_cursor cursor{value};
  out.clear();
  const bool good = cursor.elements([&out](std::string_view token) {
    if (token.size() < 3 || token.front() != '"') return false;
    auto& id = out.emplace_back();
    return !read_integer(token.substr(1, token.size() - 2), std::uint64_t{1},
                         std::numeric_limits<std::uint64_t>::max(), id);
  });
  // No ids mean all of them to the broker, which nobody says with an empty list.
  if (!good || out.empty()) return "an array of at least one item's id, each a string, is needed";
  return std::nullopt;
}

constexpr std::string_view item_members[] = {"body", "priority", "delay_ms", "run_at"};

/// Takes one of `item_members`.
complaint read_item_member(proto::new_item& to, std::string_view name, std::string_view value) {
  if (name == "priority") return read_integer(value, std::uint8_t{0}, std::uint8_t{9}, to.priority);
  if (name == "delay_ms")
    return read_integer(value, std::uint64_t{0}, longest_delay_ms, to.delay_ms);
  if (name == "run_at") return read_run_at(value, to.delay_ms);
  to.body = value;
  return std::nullopt;
}

complaint read_item(std::string_view text, proto::new_item& out) {
  json_cursor cursor{text};
  if (cursor.peek() != '{') return R"(an item is an object with "body")";
  complaint wrong;
  bool delayed = false;
  bool timed = false;
  cursor.members([&](std::string_view key, std::string_view value) {
    std::string decoded;
    const auto name = rpc::unquoted(key, decoded);
    if ((wrong = refuse_unknown(name, item_members))) return false;
    wrong = about(name, read_item_member(out, name, value));
    delayed = delayed || name == "delay_ms";
    timed = timed || name == "run_at";
    return !wrong;
  });
  if (!wrong && delayed && timed) wrong = "delay_ms: not together with run_at";
  if (!wrong && out.body.empty()) wrong = "body: an item's JSON value is needed";
  return wrong;
}

complaint read_queue(std::string_view value, std::string& out) {
  auto wrong = read_string(value, out);
  return wrong ? wrong : check_queue_name(out);
}

/// A lease that is detached has no holder but the gateway.
complaint read_detach(queue_request& to, std::string_view value) {
  bool detached = false;
  auto wrong = read_bool(value, detached);
  if (detached) to.holder = 0;
  return wrong;
}

/// Kept as it is written.
complaint read_result(queue_request& to, std::string_view value) {
  to.result = value;
  return std::nullopt;
}

complaint read_job(queue_request& to, std::string_view value) {
  std::string text;
  auto wrong = read_string(value, text);
  to.jobs = {proto::job_id_of(text).value_or(proto::job_id{})};
  return wrong;
}

/// A member of a request, and how it is read.
struct member {
  std::string_view name;
  complaint (*read)(queue_request& to, std::string_view value);
};

constexpr std::uint32_t any_number = std::numeric_limits<std::uint32_t>::max();

/// Reads a number of milliseconds, or another 32-bit number, into the request.
template <std::uint32_t queue_request::*Place, std::uint32_t Least, std::uint32_t Most>
complaint number(queue_request& to, std::string_view value) {
  return read_integer(value, Least, Most, to.*Place);
}
template <std::uint32_t proto::queue_settings::*Place, std::uint32_t Least, std::uint32_t Most>
complaint setting(queue_request& to, std::string_view value) {
  return read_integer(value, Least, Most, to.settings.*Place);
}

/// A lease's time is the request's own, and the queue's where that is made.
complaint read_lease_time(queue_request& to, std::string_view value) {
  return read_integer(value, std::uint32_t{1}, day_ms,
                      to.op == proto::queue_op::define ? to.settings.lease_ms : to.lease_ms);
}

constexpr std::array members{
    member{"queue", [](queue_request& to, auto value) { return read_queue(value, to.queue); }},
    member{"order",
           [](queue_request& to, auto value) { return read_order(value, to.settings.order); }},
    member{"maxsize", setting<&proto::queue_settings::maxsize, 0, any_number>},
    member{"max_attempts", setting<&proto::queue_settings::max_attempts, 1, most_attempts>},
    member{"lease_ms", read_lease_time},
    member{"backoff_ms", setting<&proto::queue_settings::backoff_ms, 0, day_ms>},
    member{"backoff_cap_ms", setting<&proto::queue_settings::backoff_cap_ms, 0, day_ms>},
    member{"max_running", setting<&proto::queue_settings::max_running, 0, any_number>},
    member{"rate", [](queue_request& to, auto value) { return read_rate(value, to.settings); }},
    member{"timeout_ms", number<&queue_request::timeout_ms, 0, day_ms>},
    member{"max", number<&queue_request::count, 1, most_queue_items>},
    member{"detach", read_detach},
    member{"lease", [](queue_request& to, auto value) { return read_string(value, to.lease); }},
    member{"result", read_result},
    member{"error", [](queue_request& to, auto value) { return read_error(value, to.error); }},
    member{"delay_ms", number<&queue_request::delay_ms, 0, day_ms>},
    member{"backoff", [](queue_request& to, auto value) { return read_bool(value, to.backoff); }},
    member{"dead", [](queue_request& to, auto value) { return read_bool(value, to.dead); }},
    member{"ids", [](queue_request& to, auto value) { return read_ids(value, to.ids); }},
    member{"item", [](queue_request& to, auto value) { return read_items(to, value); }},
    member{"items", [](queue_request& to, auto value) { return read_items(to, value); }},
    member{"id", read_job},
    member{"wait_ms", number<&queue_request::timeout_ms, 0, day_ms>},
};

} // namespace

proto::queue_request queue_request_of(proto::queue_op op) {
  queue_request request;
  request.op = op;
  request.timeout_ms = default_queue_wait_ms;
  if (op == proto::queue_op::dead) request.count = 100;
  if (op == proto::queue_op::job_get) request.timeout_ms = 0;
  return request;
}

bool begins_work(const queue_request& request) noexcept {
  switch (request.op) {
    using enum proto::queue_op;
  case stats:
  case ack:
  case nack:
  case extend:
  case release:
  case dead:
  case job_list:
  case job_cancel:
    return false;
  case job_get:
    return request.timeout_ms > 0;
  default:
    return true;
  }
}

complaint read_member(queue_request& to, std::string_view name, std::string_view value,
                      member_names names) {
  if (auto unknown = refuse_unknown(name, names)) return unknown;
  const auto* const known = std::ranges::find(members, name, &member::name);
  return about(name, known->read(to, value));
}

complaint read_members(queue_request& to, std::string_view text, member_names names) {
  complaint wrong;
  const auto valid = json_cursor{text}.members([&](std::string_view key, std::string_view value) {
    std::string decoded;
    wrong = read_member(to, rpc::unquoted(key, decoded), value, names);
    return !wrong;
  });
  if (!valid && !wrong) wrong = "an object is needed";
  return wrong;
}

complaint read_items(queue_request& to, std::string_view text) {
  to.items.clear();
  json_cursor cursor{text};
  if (cursor.peek() != '[') return read_item(text, to.items.emplace_back());
  complaint wrong;
  cursor.elements([&](std::string_view each) {
    if (to.items.size() == most_queue_items)
      wrong = "at most 1000 items are taken at a time";
    else if ((wrong = read_item(each, to.items.emplace_back())))
      wrong = about("item " + std::to_string(to.items.size() - 1), wrong);
    return !wrong;
  });
  if (!wrong && to.items.empty()) wrong = "at least one item is needed";
  return wrong;
}

complaint check_queue_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  if (!name.empty() && name.size() <= 128 &&
      name.find_first_not_of(allowed) == std::string_view::npos)
    return proto::is_reserved(name)
               ? complaint{"names that begin with \"squall.\" are the gateway's own"}
               : std::nullopt;
  return "a queue's name is 1 to 128 of A-Z, a-z, 0-9, \".\", \"_\" and \"-\"";
}

} // namespace squall::gateway
