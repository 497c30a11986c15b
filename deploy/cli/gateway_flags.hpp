#pragma once

#include "deploy/cli/url.hpp"

#include <CLI/CLI.hpp>

#include <string>

/// Where a client's command finds its gateway, what it shows there and whom it believes.
namespace squall::cli {

struct gateway_flags {
  std::string url = "http://127.0.0.1:8888";
  std::string token; ///< empty: none
  std::string ca;    ///< file; empty: whom the system trusts
};

/// `--token`.
void add_token_flag(CLI::App& app, std::string& token);

/// `--ca`.
void add_ca_flag(CLI::App& app, std::string& ca);

/// `--url`, `--token` and `--ca`.
void add_gateway_flags(CLI::App& app, gateway_flags& flags, const std::string& description);

/// The gateway at `address`, to be shown the token, and to be believed as the file `ca` says.
/// Throws `misuse`, which never has the token.
url parse_url(const std::string& address, const std::string& token, const std::string& ca);
url parse_url(const gateway_flags& flags);

} // namespace squall::cli
