#include "deploy/cli/fetch_flags.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/flags.hpp"

#include <stdexcept>

namespace squall::cli {

namespace {

namespace fetch = workers::fetch;

/// Runs `check`, and puts the flag's name before what it has to say.
template <class Check>
void named(const char* flag, Check check) {
  try {
    check();
  } catch (const std::invalid_argument& error) {
    throw misuse(std::string(flag) + ": " + error.what());
  }
}

} // namespace

void add_fetch_flags(CLI::App& app, fetch_flags& flags) {
  const char* group = "Fetch";
  auto& settings = flags.settings;
  add_list(app, "--fetch-allow", flags.allow,
           "what may be fetched besides public addresses: a network, an address or a name (then "
           "whatever its addresses are); repeatable")
      ->type_name("CIDR|HOST[:PORT]")
      ->group(group);
  app.add_option("--fetch-ca", settings.ca_file,
                 "PEM file with authorities that are trusted besides the system's")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--fetch-proxy", settings.proxy,
                 "http://HOST:PORT of a proxy for all fetches; it resolves the names, and judges "
                 "their addresses")
      ->type_name("URL")
      ->group(group);
  app.add_option("--fetch-resolve", settings.resolve,
                 "addresses of a name, instead of asking DNS; repeatable")
      ->type_name("HOST:PORT:ADDRESS[,ADDRESS]")
      ->allow_extra_args(false)
      ->default_str("")
      ->group(group);
  app.add_option("--fetch-per-host", settings.per_host,
                 "fetches at a time from one host and port; others wait")
      ->group(group);
}

fetch::settings parse_fetch_flags(const fetch_flags& flags) {
  auto settings = flags.settings;
  named("--fetch-allow", [&] {
    for (const auto& text : flags.allow)
      settings.allow.push_back(fetch::parse_allow(text));
  });
  if (!settings.ca_file.empty())
    named("--fetch-ca", [&] { fetch::check_ca_file(settings.ca_file); });
  if (!settings.proxy.empty()) named("--fetch-proxy", [&] { fetch::check_proxy(settings.proxy); });
  named("--fetch-resolve", [&] {
    for (const auto& text : settings.resolve)
      fetch::check_resolve(text);
  });
  if (settings.per_host == 0 || settings.per_host > fetch::most_per_host)
    throw misuse("--fetch-per-host: a number from 1 to " + std::to_string(fetch::most_per_host) +
                 " is needed");
  return settings;
}

} // namespace squall::cli
