#include "gateway/declare/declarations.hpp"

#include "gateway/queue/queue_params.hpp"
#include "gateway/rpc/json_text.hpp"
#include "gateway/schedules/schedule_params.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>
#include <utility>

namespace squall::gateway {

complaint read_declared(declared_queue& to, std::string_view text) {
  auto wrong = check_queue_name(to.name);
  auto request = queue_request_of(proto::queue_op::define);
  if (!wrong) wrong = read_members(request, text, queue_setting_members);
  to.settings = request.settings;
  return wrong;
}

complaint read_declared(declared_schedule& to, std::string_view text, std::size_t max_params) {
  auto wrong = check_schedule_name(to.what.name);
  if (!wrong) wrong = read_schedule(to.what, text);
  if (!wrong && to.what.job.body.size() > max_params)
    wrong = "params: at most " + std::to_string(max_params) + " bytes are taken";
  to.says_paused = false;
  proto::json_cursor{text}.members([&to](std::string_view key, std::string_view) {
    std::string decoded;
    to.says_paused = to.says_paused || rpc::unquoted(key, decoded) == "paused";
    return true;
  });
  return wrong;
}

std::vector<std::string> no_longer_declared(const declarations& before, const declarations& now) {
  std::vector<std::string> gone;
  for (const auto& each : before.queues)
    if (std::ranges::find(now.queues, each.name, &declared_queue::name) == now.queues.end())
      gone.push_back("queue " + each.name);
  const auto name_of = [](const declared_schedule& one) { return one.what.name; };
  for (const auto& each : before.schedules)
    if (std::ranges::find(now.schedules, each.what.name, name_of) == now.schedules.end())
      gone.push_back("schedule " + each.what.name);
  return gone;
}

} // namespace squall::gateway
