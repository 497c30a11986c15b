#include "deploy/cli/commands.hpp"
#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"
#include "deploy/cli/table.hpp"
#include "gateway/access/token_file.hpp"
#include "gateway/access/token_store.hpp"
#include "gateway/queue/rfc3339.hpp"

#include <chrono>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace squall::cli {

namespace {

using namespace gateway::access;

constexpr const char* footer = R"(Examples
  squall token new ci --scope jobs:write,jobs:read --expires 90d --file /etc/squall/tokens
  squall token ls /etc/squall/tokens
  squall token rm ci --file /etc/squall/tokens
  squall gateway --listen 0.0.0.0:8888 --tokens /etc/squall/tokens
A gateway reads its file again at SIGHUP.)";

constexpr const char* new_footer =
    R"(Scopes: call:KIND, call:*, jobs:read, jobs:write (of any kind and queue), queues:NAME, queues:*,
schedules:*, cluster:read (cluster, kinds and metrics), admin (everything).
The token is printed once, on stdout; the file has no more than its SHA-256.

Examples
  squall token new ci --scope jobs:write,jobs:read --expires 90d --file /etc/squall/tokens
  squall token new web --scope call:prime --file /etc/squall/tokens)";

struct token_flags {
  std::string name;
  std::string file;
  std::vector<std::string> scopes;
  std::string expires;
};

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// A time, or how long from now on: `90d` or a duration.
std::int64_t parse_end(const std::string& text) {
  if (const auto time = gateway::read_time(text)) return *time;
  const bool days = text.ends_with('d');
  // As many hours as there are days, times 24.
  const auto span = parse_duration(days ? text.substr(0, text.size() - 1) + "h" : text);
  if (!span || span->count() <= 0)
    throw misuse("--expires: '" + text + "' is no time; write 90d, 12h or 2030-06-01T12:00:00Z");
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(*span).count();
  return now_ms() + (days ? 24 * ms : ms);
}

exit_code make(const token_flags& flags) {
  token made;
  made.name = flags.name;
  if (!is_token_name(flags.name))
    throw misuse("NAME: '" + flags.name +
                 "' is none; letters, digits and ._- may be in it, 64 at "
                 "most");
  for (const auto& each : flags.scopes)
    if (const auto wrong = made.may.add(each)) throw misuse("--scope: " + *wrong);
  if (!flags.expires.empty()) made.expires = parse_end(flags.expires);
  if (made.expires && *made.expires <= now_ms())
    throw misuse("--expires: '" + flags.expires + "' is in the past");
  const auto secret = make_secret();
  made.secret = digest_of(secret);
  if (flags.file.empty())
    std::cerr << "its line for the file of --tokens:\n" << token_line(made);
  else
    append_token(flags.file, made);
  std::cout << secret << std::endl;
  return exit_code::done;
}

exit_code list(const token_flags& flags) {
  const auto read = load_tokens(flags.file);
  table rows({"NAME", "SCOPES", "EXPIRES"});
  for (const auto& each : read->all()) {
    std::string scopes;
    for (const auto& scope : each.may.texts())
      scopes.append(scopes.empty() ? "" : ",").append(scope);
    cell expires{"never"};
    if (each.expires) {
      const bool over = *each.expires <= now_ms();
      std::string text;
      gateway::append_time(text, static_cast<std::uint64_t>(*each.expires));
      expires = cell(text + (over ? " (over)" : ""), over ? tone::warning : tone::plain);
    }
    rows.add({each.name, scopes, expires});
  }
  std::cout << (rows.empty() ? "No tokens.\n" : rows.render(::isatty(STDOUT_FILENO) != 0))
            << std::flush;
  return exit_code::done;
}

command add_new(CLI::App& tokens) {
  auto flags = std::make_shared<token_flags>();
  auto* app = tokens.add_subcommand("new", "Make a token and print it");
  app->footer(new_footer);
  app->add_option("name", flags->name, "whose it is, for lists and messages")->required();
  add_list(*app, "--scope", flags->scopes, "what it allows; repeatable")
      ->required()
      ->type_name("SCOPE");
  app->add_option("--expires", flags->expires, "when it ends: 90d, 12h, or a time (default: never)")
      ->type_name("TIME");
  app->add_option("--file", flags->file,
                  "the file of tokens, which is made when there is none (default: the line for it "
                  "goes to stderr)")
      ->type_name("FILE");
  return {app, [flags] { return make(*flags); }};
}

command add_ls(CLI::App& tokens) {
  auto flags = std::make_shared<token_flags>();
  auto* app = tokens.add_subcommand("ls", "List the tokens of a file");
  app->footer("Example\n  squall token ls /etc/squall/tokens");
  app->add_option("file", flags->file, "the file of tokens")->required();
  return {app, [flags] { return list(*flags); }};
}

command add_rm(CLI::App& tokens) {
  auto flags = std::make_shared<token_flags>();
  auto* app = tokens.add_subcommand("rm", "Take a token out of a file");
  app->footer("Example\n  squall token rm ci --file /etc/squall/tokens");
  app->add_option("name", flags->name, "of the token")->required();
  app->add_option("--file", flags->file, "the file of tokens")->required()->type_name("FILE");
  return {app, [flags] {
            remove_token(flags->file, flags->name);
            return exit_code::done;
          }};
}

} // namespace

std::vector<command> add_token_commands(CLI::App& program) {
  auto* tokens =
      program.add_subcommand("token", "Make, list and revoke the tokens that clients show");
  tokens->footer(footer);
  tokens->require_subcommand(0, 1); // as the program's own
  return {add_new(*tokens), add_ls(*tokens), add_rm(*tokens)};
}

} // namespace squall::cli
