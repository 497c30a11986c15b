#include "workers/fetch/environment.hpp"

#include "proto/version.hpp"

#include <utility>

namespace squall::workers::fetch {

environment::environment(settings given)
    : options{std::move(given)}, policy{options.allow}, authorities{make_trust(options.ca_file)},
      user_agent{"squall/" + std::string{proto::software_version}} {
  for (const auto& each : options.resolve)
    resolve.reset(curl_slist_append(resolve.release(), each.c_str()));
}

std::string environment::refused_at_proxy(const url& target) const {
  if (options.proxy.empty()) return {};
  boost::system::error_code error;
  const auto where = boost::asio::ip::make_address(target.host, error);
  if (error || policy.permits(where, target.port, target.host)) return {};
  return blocked_text(target.host, where.to_string());
}

std::string blocked_text(const std::string& host, const std::string& where) {
  return host + ": the address " + where + " is not public, and nothing allows it (--fetch-allow)";
}

} // namespace squall::workers::fetch
