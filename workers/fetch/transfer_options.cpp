#include "workers/fetch/transfer.hpp"

#include "workers/fetch/text.hpp"

#include <openssl/ssl.h>

/// The half of `transfer` that tells libcurl what to do.
namespace squall::workers::fetch {
namespace {

long version_option(http_version version, const url& target) {
  switch (version) {
  case http_version::automatic:
    break;
  case http_version::v1_0:
    return CURL_HTTP_VERSION_1_0;
  case http_version::v1_1:
    return CURL_HTTP_VERSION_1_1;
  case http_version::v2:
    if (target.scheme == "http") return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  }
  return CURL_HTTP_VERSION_2TLS;
}

bool has_field(const std::vector<field>& headers, std::string_view name) {
  for (const auto& each : headers)
    if (same_name(each.name, name)) return true;
  return false;
}

/// Whether a request with this method has content even if the client gave none (RFC 9110, 8.6).
bool expects_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

} // namespace

void transfer::begin(CURL* easy) {
  easy_ = easy;
  set_connection(easy);
  set_request(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
}

void transfer::set_connection(CURL* easy) {
  const auto& options = around_.options;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Ending a handle must not wait for the thread that asks DNS for it.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(what_.connect_timeout.count()));
  // Not even the environment's, when none is given.
  curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_RESOLVE, around_.resolve.get());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &transfer::on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  // The authorities come from one store, which `on_tls` hands over: reading the system's for each
  // connection would take longer than the rest of a handshake.
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &transfer::on_tls);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &around_);
  // A second request to a server that may speak HTTP/2 waits for the first one's connection.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, what_.target.scheme == "https" ? 1L : 0L);
}

void transfer::set_request(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_URL, what_.target.text.c_str());
  const auto version = version_option(what_.version, what_.target);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
  // libcurl 7.88 begins HTTP/2 anew on such a connection that it uses again, and fails.
  const long alone = version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE ? 1 : 0;
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, alone);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, alone);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, around_.user_agent.c_str());
  if (what_.decompress) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br");
  set_method(easy);
  headers_.reset(make_headers());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
}

void transfer::set_method(CURL* easy) {
  if (what_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  if (what_.body || expects_body(what_.method)) {
    const auto size = what_.body ? what_.body->size() : 0;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, what_.body ? what_.body->c_str() : "");
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, what_.method.c_str());
}

curl_slist* transfer::make_headers() const {
  curl_slist* list = nullptr;
  std::string line;
  for (const auto& [name, value] : what_.headers) {
    line.assign(name).append(value.empty() ? ";" : ": ").append(value);
    list = curl_slist_append(list, line.c_str());
  }
  if (!what_.authorization.empty())
    list = curl_slist_append(list, ("Authorization: " + what_.authorization).c_str());
  // libcurl calls every body a form; Tornado does so for POST alone.
  if (what_.method != "POST" && !has_field(what_.headers, "content-type"))
    list = curl_slist_append(list, "Content-Type:");
  return curl_slist_append(list, "Expect:");
}

CURLcode transfer::on_tls(CURL*, void* context, void* around) {
  auto* authorities = static_cast<const environment*>(around)->authorities();
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), authorities);
  return CURLE_OK;
}

} // namespace squall::workers::fetch
