#include "deploy/cli/queue/view.hpp"

#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/table.hpp"
#include "deploy/cli/units.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>

namespace squall::cli {

namespace {

using fields::flag;
using fields::list;
using fields::number;
using fields::real;
using fields::text;
using nlohmann::json;

constexpr std::size_t max_shown = 60; // bytes of a text in a table

std::string rate(const json& object, const char* key) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f", real(object, key));
  return buffer.data();
}

cell at_right(std::string words) {
  cell result(std::move(words));
  result.right = true;
  return result;
}

std::string time(const json& object, const char* key) {
  return format_duration(std::chrono::milliseconds(number(object, key)));
}

/// Cut to `max_shown`, never within a character of UTF-8.
std::string shortened(std::string words) {
  if (words.size() <= max_shown) return words;
  auto end = max_shown;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xc0) == 0x80)
    --end;
  return words.substr(0, end) + "...";
}

std::string maxsize(const json& stats) {
  const auto most = number(stats, "maxsize");
  return most == 0 ? "unbounded" : format_count(most);
}

} // namespace

std::string render_queues(const json& document, bool colours) {
  table rows({"QUEUE", "ORDER", "MAXSIZE", "PAUSED", "READY", "DELAYED", "LEASED", "UNFINISHED",
              "DEAD", "GETTERS", "PUTTERS", "PUT/S", "ACK/S", "OLDEST"});
  for (const auto& each : list(document, "queues")) {
    const auto dead = number(each, "dead");
    const auto paused = flag(each, "paused") ? cell("yes", tone::warning) : cell("no", tone::faint);
    rows.add({text(each, "name"), text(each, "order"), at_right(maxsize(each)), paused,
              cell(number(each, "ready")), cell(number(each, "delayed")),
              cell(number(each, "leased")), cell(number(each, "unfinished")),
              cell(dead, dead > 0 ? tone::bad : tone::plain), cell(number(each, "getters")),
              cell(number(each, "putters")), at_right(rate(each, "put_rate")),
              at_right(rate(each, "ack_rate")),
              at_right(format_age(number(each, "oldest_ms") / 1'000))});
  }
  return rows.empty() ? "No queues.\n" : rows.render(colours);
}

std::string render_queue(const json& stats) {
  table rows({"QUEUE", text(stats, "name")});
  rows.add({"order", text(stats, "order")});
  rows.add({"maxsize", maxsize(stats)});
  rows.add({"max attempts", format_count(number(stats, "max_attempts"))});
  rows.add({"lease", time(stats, "lease_ms")});
  rows.add({"backoff", time(stats, "backoff_ms") + " to " + time(stats, "backoff_cap_ms")});
  const auto max_running = number(stats, "max_running");
  rows.add({"max running", max_running == 0 ? "unlimited" : format_count(max_running)});
  rows.add({"rate", text(stats, "rate").empty() ? "unlimited" : text(stats, "rate")});
  rows.add({"paused", flag(stats, "paused") ? "yes" : "no"});
  for (const char* name : {"ready", "delayed", "leased", "unfinished", "dead", "done", "cancelled",
                           "getters", "putters", "joiners", "bytes"}) {
    rows.add({name, format_count(number(stats, name))});
  }
  rows.add({"oldest", format_age(number(stats, "oldest_ms") / 1'000)});
  for (const char* name : {"put", "leased", "acked", "nacked", "expired"}) {
    const auto key = std::string("total_") + name;
    rows.add({std::string("total ") + name, format_count(number(stats, key.c_str()))});
  }
  rows.add({"put/s", rate(stats, "put_rate")});
  rows.add({"ack/s", rate(stats, "ack_rate")});
  return rows.render(false);
}

std::string render_dead(const json& document, bool colours) {
  table rows({"ID", "ATTEMPTS", "DIED AT", "LAST ERROR", "BODY"});
  for (const auto& each : list(document, "items")) {
    const auto& attempts = list(each, "attempts");
    const auto& last = attempts.empty() ? json::object() : attempts.back();
    const auto body = each.is_object() && each.contains("body") ? each["body"].dump() : "";
    rows.add({text(each, "id"), cell(attempts.size()), text(last, "at"),
              shortened(text(last, "error")), shortened(body)});
  }
  return rows.empty() ? "No dead items.\n" : rows.render(colours);
}

} // namespace squall::cli
