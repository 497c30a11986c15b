#include "deploy/cli/access_flags.hpp"

#include "deploy/cli/exit_code.hpp"
#include "gateway/access/token_file.hpp"
#include "gateway/latest.hpp"
#include "gateway/net/tls_context.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace squall::cli {

using gateway::access::bad_tokens;
using gateway::access::load_tokens;
using gateway::access::token_table;
using gateway::net::tls_context;

void add_access(CLI::App& app, access_flags& flags, gateway::process_options& options) {
  const char* group = "Access";
  app.add_option(
         "--tokens", flags.tokens,
         "file with the tokens that clients need, as squall token new writes it; read again "
         "at SIGHUP")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--open", options.open,
               "allow --listen beyond loopback without --tokens: whoever reaches it may do "
               "everything (default: off)")
      ->group(group);
  const auto add_file = [&](const char* name, std::string& target, const char* description) {
    app.add_option(name, target, description)->type_name("FILE")->group(group);
  };
  add_file("--tls-cert", flags.certificate,
           "PEM file with the certificate for HTTPS and wss, and those behind it; read again at "
           "SIGHUP, for new connections");
  add_file("--tls-key", flags.key, "PEM file with its private key");
}

namespace {

void take_tokens(const access_flags& flags, gateway::process_options& options) {
  if (flags.tokens.empty()) return;
  try {
    const auto table = load_tokens(flags.tokens);
    if (table->size() == 0) spdlog::warn("--tokens {}: there is no token in it", flags.tokens);
    options.limits.tokens = std::make_shared<gateway::latest<token_table>>(table);
  } catch (const bad_tokens& error) {
    throw misuse(std::string("--tokens: ") + error.what());
  }
}

void take_certificate(const access_flags& flags, gateway::process_options& options) {
  if (flags.certificate.empty() != flags.key.empty())
    throw misuse("--tls-cert and --tls-key go together");
  if (flags.certificate.empty()) return;
  try {
    options.limits.tls = std::make_shared<gateway::latest<tls_context>>(
        std::make_shared<const tls_context>(flags.certificate, flags.key));
  } catch (const std::runtime_error& error) {
    throw misuse(std::string("--tls-cert: ") + error.what());
  }
}

} // namespace

void take_access(const access_flags& flags, gateway::process_options& options) {
  take_tokens(flags, options);
  take_certificate(flags, options);
}

std::string reload_tokens(const access_flags& flags, const gateway::process_options& options) {
  if (!options.limits.tokens) return {};
  try {
    const auto table = load_tokens(flags.tokens);
    options.limits.tokens->put(table);
    spdlog::info("--tokens {}: {} tokens count now", flags.tokens, table->size());
  } catch (const bad_tokens& error) {
    spdlog::error("--tokens: {}; the tokens from before still count", error.what());
    return std::string("--tokens: ") + error.what();
  }
  return {};
}

std::string reload_certificate(const access_flags& flags, const gateway::process_options& options) {
  if (!options.limits.tls) return {};
  try {
    options.limits.tls->put(std::make_shared<const tls_context>(flags.certificate, flags.key));
    spdlog::info("--tls-cert {}: new connections get it now", flags.certificate);
  } catch (const std::runtime_error& error) {
    spdlog::error("--tls-cert: {}; the certificate from before stays", error.what());
    return std::string("--tls-cert: ") + error.what();
  }
  return {};
}

} // namespace squall::cli
