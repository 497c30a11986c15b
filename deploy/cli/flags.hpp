#pragma once

#include "deploy/cli/units.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <string>
#include <vector>

/// Kinds of flags that CLI11 does not have. The variable bound to a flag must outlive its app and
/// holds the default, which `--help` shows.
namespace squall::cli {

/// Whether a flag was given: what was not is often left to the gateway.
inline bool is_given(const CLI::App& app, const std::string& flag) {
  return app.get_option(flag)->count() > 0;
}

/// A flag such as `--drain-timeout 30s`.
template <class Duration>
CLI::Option* add_duration(CLI::App& app, const std::string& name, Duration& target,
                          const std::string& description) {
  const auto read = [name, &target](const std::string& text) {
    const auto value = parse_duration(text);
    if (!value) {
      throw CLI::ValidationError(name, "'" + text + "' is no duration; write 500ms, 10s, 5m or 1h");
    }
    target = std::chrono::duration_cast<Duration>(*value);
    if (target.count() == 0 && value->count() != 0) {
      throw CLI::ValidationError(name, "'" + text + "' is too short");
    }
  };
  auto* option = app.add_option_function<std::string>(name, read, description);
  return option->type_name("DURATION")->default_str(format_duration(target));
}

/// A flag such as `--max-body-bytes 1MiB`.
template <class Integer>
CLI::Option* add_size(CLI::App& app, const std::string& name, Integer& target,
                      const std::string& description) {
  const auto read = [name, &target](const std::string& text) {
    const auto value = parse_size(text);
    if (!value) {
      throw CLI::ValidationError(name, "'" + text + "' is no size; write 4096, 8KiB or 1MiB");
    }
    target = static_cast<Integer>(*value);
  };
  auto* option = app.add_option_function<std::string>(name, read, description);
  return option->type_name("SIZE")->default_str(format_size(target));
}

/// A flag that may be given several times, or once with commas.
inline CLI::Option* add_list(CLI::App& app, const std::string& name,
                             std::vector<std::string>& target, const std::string& description) {
  auto* option = app.add_option(name, target, description);
  if (target.empty()) option->default_str("");
  return option->allow_extra_args(false)->delimiter(',');
}

} // namespace squall::cli
