#include "deploy/cli/bench/report.hpp"
#include "deploy/cli/commands.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/gateway_flags.hpp"
#include "deploy/cli/process_setup.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace squall::cli {

namespace {

constexpr const char* footer = R"(Every answer is checked; one wrong answer makes the exit code 1.

Examples
  squall bench ws --connections 64 --in-flight 16
  squall bench call --rate 20000 --seconds 30s
  squall bench call --method queue.put --params '{"queue":"q","item":{"body":1}}'
  squall bench http --path '/v1/call/prime?n=' --json
  squall bench ws --path /ws/echo
  squall bench ws --url http://127.0.0.1:9000 --expect loose
  squall bench call --url https://gateway.example --ca /etc/squall/ca.pem)";

struct bench_flags {
  std::string mode;
  gateway_flags url;
  std::string path;
  std::string expect = "auto";
  bool json = false;
  bench::options options;
};

bench::language language_of(const std::string& mode) {
  if (mode == "ws") return bench::language::websocket;
  return mode == "call" ? bench::language::rpc : bench::language::http;
}

std::string default_path(bench::language speaks) {
  switch (speaks) {
  case bench::language::websocket:
    return "/ws/prime";
  case bench::language::rpc:
    return "/v1/ws";
  case bench::language::http:
    break;
  }
  return "/v1/call/prime?n=";
}

bench::expectation expectation_of(const bench_flags& flags, const std::string& path) {
  if (!flags.options.method.empty()) return bench::expectation::result;
  if (flags.expect == "prime") return bench::expectation::prime;
  if (flags.expect == "echo") return bench::expectation::echo;
  if (flags.expect == "loose") return bench::expectation::loose;
  if (path == "/ws/echo") return bench::expectation::echo;
  const bool asks_nothing = flags.options.speaks == bench::language::http && !path.ends_with('=');
  return asks_nothing ? bench::expectation::loose : bench::expectation::prime;
}

void check_method(const bench::options& options) {
  if (!options.method.empty() && options.speaks != bench::language::rpc)
    throw misuse("--method: only `squall bench call` asks methods");
  const auto params = nlohmann::json::parse(options.params, nullptr, false);
  if (!params.is_structured()) throw misuse("--params: must be a JSON object or array");
}

exit_code run(bench_flags flags) {
  auto& options = flags.options;
  options.speaks = language_of(flags.mode);
  check_method(options);
  options.target = parse_url(flags.url);
  if (!flags.path.empty()) {
    options.target.path = flags.path;
  } else if (options.target.path == "/") {
    options.target.path = default_path(options.speaks);
  }
  if (!options.target.path.starts_with('/')) throw misuse("--path: must begin with '/'");
  options.expect = expectation_of(flags, options.target.path);
  raise_file_limit();
  ignore_broken_pipes();
  const auto result = bench::generate(options);
  std::cout << (flags.json ? bench::to_json(options, result) : bench::to_text(options, result));
  return result.errors == 0 && result.unanswered == 0 && result.answers > 0 ? exit_code::done
                                                                            : exit_code::failed;
}

} // namespace

command add_bench_command(CLI::App& program) {
  auto flags = std::make_shared<bench_flags>();
  auto& options = flags->options;
  auto* app = program.add_subcommand(
      "bench", "Ask a server as fast as it answers, or at a fixed rate, and show throughput and "
               "latency. ws: integers on /ws/prime; call: JSON-RPC on /v1/ws; http: GET");
  app->footer(footer);
  app->add_option("mode", flags->mode, "what to speak")
      ->required()
      ->check(CLI::IsMember({"ws", "call", "http"}));
  add_gateway_flags(*app, flags->url, "the server, with a path if need be");
  app->add_option("--path", flags->path,
                  "path and query; one that ends with '=' gets the number appended (default: that "
                  "of the mode)");
  app->add_option("--connections", options.connections, "open at the same time")
      ->check(CLI::Range(1, 1'000'000));
  app->add_option("--in-flight", options.in_flight, "questions under way on each connection")
      ->check(CLI::Range(1, 100'000));
  auto* method = app->add_option(
      "--method", options.method,
      "call: the method to ask; every answer with a result is right (default: prime, checked)");
  app->add_option("--params", options.params, "of --method, the same each time: JSON")
      ->needs(method);
  add_duration(*app, "--seconds", options.seconds, "how long to measure");
  add_duration(*app, "--warmup", options.warmup, "how long to ask before that");
  app->add_option("--rate", options.rate,
                  "questions a second, on a fixed schedule over all connections; latency counts "
                  "from the scheduled time. 0: ask when the last one is answered")
      ->check(CLI::NonNegativeNumber);
  app->add_option("--expect", flags->expect,
                  "right answers: prime (as Squall words them), echo, loose (anything that begins "
                  "with the number; http: any body), auto (by the path)")
      ->check(CLI::IsMember({"auto", "prime", "echo", "loose"}));
  app->add_flag("--json", flags->json, "print one JSON object (default: off)");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
