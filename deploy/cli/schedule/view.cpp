#include "deploy/cli/json_fields.hpp"
#include "deploy/cli/schedule/commands.hpp"
#include "deploy/cli/table.hpp"
#include "deploy/cli/units.hpp"

#include <nlohmann/json.hpp>

namespace squall::cli {

using fields::text;
using nlohmann::json;

std::string render_schedules(const json& schedules, bool colours) {
  table rows({"NAME", "WHEN", "KIND", "QUEUE", "NEXT", "LAST"});
  for (const auto& each : schedules) {
    const auto cron = text(each, "cron");
    const auto period = std::chrono::milliseconds{fields::number(each, "every_ms")};
    const auto when =
        cron.empty() ? "every " + format_duration(period) : cron + " " + text(each, "time_zone");
    const auto next = text(each, "next_at");
    rows.add({text(each, "name"), when, text(each, "kind"), text(each, "queue"),
              next.empty() ? cell("paused", tone::warning) : cell(next), text(each, "last_at")});
  }
  return rows.empty() ? "No schedules.\n" : rows.render(colours);
}

} // namespace squall::cli
