#include "deploy/cli/program.hpp"

#include "deploy/cli/commands.hpp"
#include "deploy/cli/process_setup.hpp"
#include "proto/version.hpp"

#include <algorithm>
#include <exception>
#include <iostream>

namespace squall::cli {

namespace {

constexpr const char* footer =
    R"(Every flag can also be set by a variable (--io-threads is SQUALL_IO_THREADS) or in
section [COMMAND] of the file named by --config; the command line goes before the
environment, and that before the file.

Exit codes: 0 done, 1 the job failed, 2 misuse, 3 the gateway cannot be reached, 4 the
time to wait for a job is over.

Example: a platform in one process, and a call
  squall gateway --pool prime=auto
  squall call prime 97)";

/// Flags that every command has.
struct common_flags {
  std::string config;
  std::string log_level = "info";
};

void add_common(CLI::App& app, common_flags& flags) {
  app.get_help_ptr()->configurable(false);
  app.add_option("--config", flags.config,
                 "TOML file with values for flags, in section [" + section_of(app) + "]")
      ->type_name("FILE");
  app.add_option("--log-level", flags.log_level, "what goes to stderr")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
}

exit_code fail(exit_code code, const std::string& what) {
  std::cerr << "error: " << what << '\n';
  return code;
}

exit_code run_command(const command& chosen) {
  try {
    return chosen.run();
  } catch (const misuse& error) {
    return fail(exit_code::misuse, error.what());
  } catch (const unreachable& error) {
    return fail(exit_code::unreachable, error.what());
  } catch (const connection_lost& error) {
    return fail(exit_code::unreachable, error.what());
  } catch (const std::exception& error) {
    return fail(exit_code::failed, error.what());
  }
}

class program {
public:
  program() : app_("Squall: a service platform for jobs", "squall") {
    app_.footer(footer);
    app_.set_version_flag("--version", "squall " + std::string(proto::software_version));
    app_.option_defaults()->always_capture_default();
    app_.require_subcommand(0, 1); // CLI11's own words would hide a misspelt one
    commands_ = {add_gateway_command(app_), add_worker_command(app_), add_call_command(app_),
                 add_status_command(app_),  add_bench_command(app_),  add_validate_command(app_),
                 add_render_command(app_)};
    for (const auto& more :
         {add_queue_commands(app_), add_job_commands(app_), add_schedule_commands(app_),
          add_deployment_commands(app_), add_certs_commands(app_), add_token_commands(app_)})
      commands_.insert(commands_.end(), more.begin(), more.end());
    for (const auto& entry : commands_)
      add_common(*entry.app, common_);
  }

  exit_code run(std::vector<std::string> arguments, const environment& variables) {
    std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes them
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? exit_code::done : exit_code::misuse;
    }
    const auto chosen = std::find_if(commands_.begin(), commands_.end(),
                                     [](const command& entry) { return entry.app->parsed(); });
    if (chosen == commands_.end()) {
      std::string name;
      for (auto above = app_.get_subcommands(); !above.empty();
           above = above.front()->get_subcommands())
        name += above.front()->get_name() + " ";
      return fail(exit_code::misuse, "a command is needed; see squall " + name + "--help");
    }
    try {
      apply_environment(app_, *chosen->app, variables);
      if (chosen->file) *chosen->file = layer_of(app_, *chosen->app, common_.config);
      if (!common_.config.empty()) apply_file(app_, *chosen->app, common_.config);
    } catch (const misuse& error) {
      return fail(exit_code::misuse, error.what());
    }
    configure_logging(common_.log_level);
    return run_command(*chosen);
  }

private:
  CLI::App app_;
  common_flags common_;
  std::vector<command> commands_;
};

} // namespace

int run_program(std::vector<std::string> arguments, const environment& variables) {
  return static_cast<int>(program().run(std::move(arguments), variables));
}

} // namespace squall::cli
