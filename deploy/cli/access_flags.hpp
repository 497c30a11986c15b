#pragma once

#include "gateway/process.hpp"

#include <CLI/CLI.hpp>

#include <string>

/// The flags of `squall gateway` that say who may do what.
namespace squall::cli {

struct access_flags {
  std::string tokens;      ///< file; empty: nobody needs a token
  std::string certificate; ///< file, for HTTPS; empty: HTTP
  std::string key;         ///< file, with `certificate`
};

void add_access(CLI::App& app, access_flags& flags, gateway::process_options& options);

/// Reads the files, for the gateway's start. Throws `misuse`.
void take_access(const access_flags& flags, gateway::process_options& options);

/// Read one of them again. What cannot be used is logged, and what was there before stays; gives
/// why. Any thread.
std::string reload_tokens(const access_flags& flags, const gateway::process_options& options);
std::string reload_certificate(const access_flags& flags, const gateway::process_options& options);

} // namespace squall::cli
