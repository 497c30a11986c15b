#pragma once

#include "workers/fetch/settings.hpp"
#include "workers/fetch/trust.hpp"
#include "workers/fetch/url.hpp"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <string>

namespace squall::workers::fetch {

struct curl_list_closer {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using curl_list = std::unique_ptr<curl_slist, curl_list_closer>;

/// What all transfers of an engine share.
struct environment {
  /// Throws `std::invalid_argument` for a setting that cannot be used.
  explicit environment(settings given);

  /// Why a URL may not be fetched by the proxy, which resolves names by itself, so that only an
  /// address that stands in the URL can be judged; empty: it may be, or there is no proxy.
  std::string refused_at_proxy(const url& target) const;

  /// The system's authorities and those of the settings' file. From any thread. The first call
  /// reads the system's, so that processes that fetch nothing over TLS don't.
  X509_STORE* authorities() const;

  settings options;
  address_policy policy;
  curl_list resolve; ///< for CURLOPT_RESOLVE
  std::string user_agent;

private:
  trust authorities_;
  mutable std::once_flag system_added_;
};

/// What people are told of an address that may not be connected to.
std::string blocked_text(const std::string& host, const std::string& where);

} // namespace squall::workers::fetch
