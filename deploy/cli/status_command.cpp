#include "deploy/cli/commands.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/gateway_flags.hpp"
#include "deploy/cli/http_client.hpp"
#include "deploy/cli/status_view.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <thread>

#include <unistd.h>

namespace squall::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr const char* footer = R"(Examples
  squall status
  squall status --watch 1s
  squall status --url http://10.0.0.1:8888,http://10.0.0.2:8888 --json
  squall status --url https://gateway.example --ca /etc/squall/ca.pem)";

struct status_flags {
  std::vector<std::string> urls{"http://127.0.0.1:8888"};
  std::string token;
  std::string ca;
  bool as_json = false;
  std::chrono::milliseconds watch{0};
  std::chrono::milliseconds timeout{10'000};
};

json cluster_of(const url& gateway, std::chrono::milliseconds timeout) {
  auto document = json::parse(get_json(gateway, "/v1/cluster", timeout), nullptr, false);
  if (!document.is_object()) {
    throw unreachable(gateway.origin(), "its /v1/cluster is no JSON object");
  }
  return document;
}

/// Shows what the gateways that answer say; the others are errors.
exit_code show(const status_flags& flags) {
  std::vector<json> documents;
  auto code = exit_code::done;
  for (const auto& where : flags.urls) {
    try {
      documents.push_back(cluster_of(parse_url(where, flags.token, flags.ca), flags.timeout));
    } catch (const unreachable& error) {
      std::cerr << "error: " << error.what() << '\n';
      code = exit_code::unreachable;
    }
  }
  if (documents.empty()) return code;
  const auto cluster = merge_clusters(documents);
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  if (flags.watch.count() > 0 && terminal) std::cout << "\x1b[H\x1b[2J";
  std::cout << (flags.as_json ? cluster.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"
                              : render_cluster(cluster, terminal))
            << std::flush;
  return code;
}

exit_code run(const status_flags& flags) {
  auto code = show(flags);
  while (flags.watch.count() > 0 && std::cout) {
    std::this_thread::sleep_for(flags.watch);
    code = show(flags);
  }
  return code;
}

} // namespace

command add_status_command(CLI::App& program) {
  auto flags = std::make_shared<status_flags>();
  auto* app = program.add_subcommand(
      "status", "Show gateways, kinds and workers: slots, calls in flight and waiting, done and "
                "failed");
  app->footer(footer);
  add_list(*app, "--url", flags->urls, "gateways, with commas between them");
  add_token_flag(*app, flags->token);
  add_ca_flag(*app, flags->ca);
  app->add_flag("--json", flags->as_json, "print one JSON object (default: off)");
  add_duration(*app, "--watch", flags->watch, "show it again so often, until interrupted; 0: once");
  add_duration(*app, "--timeout", flags->timeout, "for each gateway's answer");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
