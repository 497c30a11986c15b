#pragma once

#include "workers/fetch/settings.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// Flags of the kind `fetch`, which `squall gateway` and `squall worker` share.
namespace squall::cli {

/// As they were given.
struct fetch_flags {
  std::vector<std::string> allow;
  workers::fetch::settings settings;
};

void add_fetch_flags(CLI::App& app, fetch_flags& flags);

/// Throws `misuse` that names the flag.
workers::fetch::settings parse_fetch_flags(const fetch_flags& flags);

} // namespace squall::cli
