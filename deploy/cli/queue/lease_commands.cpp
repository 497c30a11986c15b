#include "deploy/cli/flags.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* ack_footer = R"(Example: take an item, work, and say that it is done
  lease=$(squall queue get jobs | jq -r .lease)
  squall queue ack "$lease")";

constexpr const char* nack_footer = R"(Examples
  squall queue nack "$lease" --error 'no such file' --backoff
  squall queue nack "$lease" --delay 10s)";

constexpr const char* extend_footer = R"(Example
  squall queue extend "$lease" --lease 1m)";

struct lease_flags : queue_flags {
  std::string lease;
  std::string error;
  milliseconds delay{0};
  bool backoff = false;
  milliseconds time{0};
};

CLI::App* add_leaf(CLI::App& queue, const std::string& name, const std::string& description,
                   lease_flags& flags, const char* footer) {
  auto* app = add_queue_leaf(queue, name, description, flags, false, footer);
  app->add_option("lease-id", flags.lease, "as `squall queue get` printed it")->required();
  return app;
}

exit_code ack(const lease_flags& flags) {
  ask_gateway(parse_url(flags.url), ask_lease(flags.lease, "ack"));
  return exit_code::done;
}

exit_code nack(const lease_flags& flags) {
  const json body = {
      {"error", flags.error}, {"delay_ms", flags.delay.count()}, {"backoff", flags.backoff}};
  ask_gateway(
      parse_url(flags.url),
      ask_lease(flags.lease, "nack", body.dump(-1, ' ', false, json::error_handler_t::replace)));
  return exit_code::done;
}

exit_code extend(const lease_flags& flags) {
  json body = json::object();
  if (flags.time.count() > 0) body["lease_ms"] = flags.time.count();
  ask_gateway(parse_url(flags.url), ask_lease(flags.lease, "extend", body.dump()));
  return exit_code::done;
}

} // namespace

std::vector<command> add_queue_leases(CLI::App& queue) {
  auto acked = std::make_shared<lease_flags>();
  auto* ack_app = add_leaf(queue, "ack", "Say that a leased item is finished", *acked, ack_footer);
  auto nacked = std::make_shared<lease_flags>();
  auto* nack_app = add_leaf(queue, "nack", "Give a leased item back: this attempt has failed",
                            *nacked, nack_footer);
  nack_app->add_option("--error", nacked->error, "why; the dead list shows it");
  add_duration(*nack_app, "--delay", nacked->delay, "pause before it is ready again");
  nack_app->add_flag("--backoff", nacked->backoff,
                     "pause as the queue is set, longer with each attempt (default: off)");
  auto extended = std::make_shared<lease_flags>();
  auto* extend_app =
      add_leaf(queue, "extend", "Hold a leased item longer", *extended, extend_footer);
  add_duration(*extend_app, "--lease", extended->time, "from now on; 0: the queue's own");
  return {{ack_app, [acked] { return ack(*acked); }},
          {nack_app, [nacked] { return nack(*nacked); }},
          {extend_app, [extended] { return extend(*extended); }}};
}

} // namespace squall::cli
