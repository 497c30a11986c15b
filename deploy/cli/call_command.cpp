#include "deploy/cli/call_stream.hpp"
#include "deploy/cli/commands.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/gateway_flags.hpp"
#include "deploy/cli/http_client.hpp"
#include "deploy/cli/problem.hpp"
#include "deploy/cli/process_setup.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* footer = R"(Examples
  squall call prime 97
  squall call prime '{"n":"97"}' --timeout 500ms
  seq 1 1000000 | squall call prime - --concurrency 256 > primes.jsonl
  squall call prime 97 --url https://gateway.example --ca /etc/squall/ca.pem)";

/// Beyond the call's own timeout, for the way there and back.
constexpr milliseconds margin{10'000};
/// When the timeout is the kind's own, which is not known here.
constexpr milliseconds longest{24 * 3'600'000};

struct call_flags {
  gateway_flags url;
  std::string params;
  std::size_t concurrency = 64;
  bool unordered = false;
  milliseconds timeout{0};
  call_options options;
};

/// What a bare value is called, by the schema that the gateway has of the kind; nothing when the
/// kind has no such parameter.
std::optional<bare_param> find_param(const url& gateway, const std::string& kind) {
  if (kind == "prime") return bare_param{"n", true};
  const auto text = get_json(gateway, "/v1/kinds", margin);
  const auto document = json::parse(text, nullptr, false);
  if (document.is_object() && document.contains("kinds")) {
    for (const auto& entry : document["kinds"]) {
      if (entry.value("name", "") != kind) continue;
      return bare_param_of(entry.value("params_schema", json()).dump());
    }
  }
  throw std::runtime_error("unknown_kind: there is no kind \"" + kind + '"');
}

exit_code call_once(const call_flags& flags, const url& gateway) {
  const auto& options = flags.options;
  const bool object = looks_like_object(flags.params);
  const auto param = object ? bare_param{} : find_param(gateway, options.kind);
  if (!param) {
    throw misuse("PARAMS: '" + options.kind + "' takes no bare value; give a JSON object");
  }
  const auto params = params_of(flags.params, *param);
  if (!params) throw misuse("PARAMS: '" + flags.params + "' is not valid JSON");
  http_question question{"POST", "/v1/call/" + options.kind, *params, {}};
  if (options.timeout_ms != 0) {
    question.headers.emplace_back("X-Timeout-Ms", std::to_string(options.timeout_ms));
  }
  question.headers.emplace_back("X-Priority", std::to_string(options.priority));
  const auto limit = options.timeout_ms != 0 ? flags.timeout + margin : longest;
  const auto answer = ask(gateway, question, limit);
  if (answer.status == 200) {
    std::cout << answer.body << (answer.body.ends_with('\n') ? "" : "\n") << std::flush;
    return exit_code::done;
  }
  std::cerr << "error: " << describe_problem(answer) << '\n';
  return exit_code::failed;
}

exit_code call_many(const call_flags& flags, const url& gateway) {
  auto options = flags.options;
  options.param = find_param(gateway, options.kind).value_or(bare_param{});
  const auto failed = call_lines(gateway, options, flags.concurrency, !flags.unordered);
  if (failed == 0) return exit_code::done;
  std::cerr << "error: " << failed << (failed == 1 ? " line" : " lines") << " failed\n";
  return exit_code::failed;
}

/// A kind stands in a path, so it must be one segment of it.
void check_kind(const std::string& kind) {
  const bool fine = !kind.empty() && std::all_of(kind.begin(), kind.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  });
  if (!fine) throw misuse("KIND: '" + kind + "' is no name of a kind");
}

exit_code run(call_flags flags) {
  check_kind(flags.options.kind);
  flags.options.timeout_ms = static_cast<std::uint32_t>(flags.timeout.count());
  const auto gateway = parse_url(flags.url);
  ignore_broken_pipes();
  return flags.params == "-" ? call_many(flags, gateway) : call_once(flags, gateway);
}

} // namespace

command add_call_command(CLI::App& program) {
  auto flags = std::make_shared<call_flags>();
  auto* app = program.add_subcommand(
      "call", "Call a kind and print its result as JSON. PARAMS is a JSON object, or one bare "
              "value for the kind's first parameter, or - for one of these a line from stdin");
  app->footer(footer);
  app->add_option("kind", flags->options.kind, "what to call")->required();
  app->add_option("params", flags->params, "its parameters")->required();
  add_gateway_flags(*app, flags->url, "the gateway");
  add_duration(*app, "--timeout", flags->timeout, "of each call, up to 24h; 0: the kind's default");
  app->add_option("--priority", flags->options.priority, "9 goes first")->check(CLI::Range(0, 9));
  app->add_option("--concurrency", flags->concurrency, "lines of stdin in flight at a time")
      ->check(CLI::Range(1, 1'000'000));
  app->add_flag("--unordered", flags->unordered,
                "print results as they come, each with its input's line number (default: off)");
  return {app, [flags] { return run(*flags); }};
}

} // namespace squall::cli
