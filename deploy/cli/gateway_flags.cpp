#include "deploy/cli/gateway_flags.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_trust.hpp"

#include <algorithm>

namespace squall::cli {

void add_token_flag(CLI::App& app, std::string& token) {
  app.add_option("--token", token,
                 "what the gateway wants to be shown; others on this host can see it here, in the "
                 "variable SQUALL_TOKEN they cannot")
      ->type_name("TOKEN");
}

void add_ca_flag(CLI::App& app, std::string& ca) {
  app.add_option("--ca", ca,
                 "PEM file with the certificates of the authorities that an https:// gateway may "
                 "have its own from; also in SQUALL_CA (default: those that the system trusts)")
      ->type_name("FILE");
}

void add_gateway_flags(CLI::App& app, gateway_flags& flags, const std::string& description) {
  app.add_option("--url", flags.url, description);
  add_token_flag(app, flags.token);
  add_ca_flag(app, flags.ca);
}

url parse_url(const std::string& address, const std::string& token, const std::string& ca) {
  auto gateway = parse_url(address);
  // What else may be in one would end the header that it stands in.
  if (!std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; }))
    throw misuse("--token: it has a character that no token has; is it a whole line of a file?");
  gateway.token = token;
  if (gateway.is_secure) gateway.trust = std::make_shared<gateway_trust>(ca);
  return gateway;
}

url parse_url(const gateway_flags& flags) {
  return parse_url(flags.url, flags.token, flags.ca);
}

} // namespace squall::cli
