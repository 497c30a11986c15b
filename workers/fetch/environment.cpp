#include "workers/fetch/environment.hpp"

#include "proto/version.hpp"

#include <openssl/x509_vfy.h>

#include <utility>

namespace squall::workers::fetch {

environment::environment(settings given)
    : options{std::move(given)}, policy{options.allow},
      user_agent{"squall/" + std::string{proto::software_version}},
      authorities_{options.ca_file.empty() ? trust{X509_STORE_new()}
                                           : read_trust(options.ca_file)} {
  for (const auto& each : options.resolve)
    resolve.reset(curl_slist_append(resolve.release(), each.c_str()));
}

X509_STORE* environment::authorities() const {
  std::call_once(system_added_, [this] { add_system_trust(*authorities_); });
  return authorities_.get();
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
