#include "deploy/cli/gateway_trust.hpp"

#include "deploy/certs/described.hpp"
#include "deploy/certs/openssl.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace squall::cli {

namespace {

std::string day_of(certs::time_point when) {
  return certs::to_text(when).substr(0, 10);
}

/// The first few of a certificate's hosts.
std::string hosts_of(const certs::described& shown) {
  constexpr std::size_t most = 4;
  std::string all;
  for (std::size_t i = 0; i < std::min(most, shown.hosts.size()); ++i)
    all += (i == 0 ? "" : ", ") + shown.hosts[i];
  if (shown.hosts.empty()) return "no host";
  return shown.hosts.size() > most ? all + ", ..." : all;
}

void read_authorities(SSL_CTX* context, const std::string& file) {
  // OpenSSL says no more of such a file than "system lib".
  if (!std::ifstream{file})
    throw misuse("--ca: " + file + " cannot be read: " + std::generic_category().message(errno));
  if (SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) == 1) return;
  ERR_clear_error();
  throw misuse("--ca: " + file + " has no certificate in PEM");
}

bool speaks_no_tls(unsigned long code) {
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return false;
  const auto reason = ERR_GET_REASON(code);
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
         reason == SSL_R_HTTP_REQUEST;
}

} // namespace

void gateway_trust::deleter::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

gateway_trust::gateway_trust(std::string ca)
    : ca_(std::move(ca)), context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::runtime_error("TLS cannot be had: " + certs::openssl_reason());
  auto* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  static constexpr unsigned char spoken[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context, spoken, std::size(spoken));
  if (ca_.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return;
  }
  read_authorities(context, ca_);
  // Whoever is named is believed, also one whose own authority is not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
}

ssl_ctx_st* gateway_trust::shared_context() const noexcept {
  SSL_CTX_up_ref(context_.get());
  return context_.get();
}

void gateway_trust::expect(ssl_st* session, std::string host) const {
  auto* wanted = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                              X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const auto address = host.substr(0, host.find('%')); // a zone is of this host alone
  boost::system::error_code no_address;
  boost::asio::ip::make_address(address, no_address);
  if (!no_address) {
    certs::require(X509_VERIFY_PARAM_set1_ip_asc(wanted, address.c_str()) == 1,
                   "cannot expect the address " + address);
    return;
  }
  if (host.ends_with('.')) host.pop_back();
  certs::require(X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1 &&
                     SSL_set_tlsext_host_name(session, host.c_str()) == 1,
                 "cannot expect the host " + host);
}

std::string gateway_trust::why_failed(ssl_st* session, const std::string& host,
                                      unsigned long code) const {
  if (SSL_get_verify_result(session) != X509_V_OK) return why_refused(session, host);
  if (code == 0)
    return "it ended the TLS handshake; does it speak https? If not, write http:// in --url";
  if (speaks_no_tls(code)) return "it does not speak TLS; write http:// in --url";
  const char* reason = ERR_reason_error_string(code);
  return "the TLS handshake failed: " + std::string(reason != nullptr ? reason : "unknown reason") +
         "; its log may say more";
}

std::string gateway_trust::why_refused(ssl_st* session, const std::string& host) const {
  const auto result = SSL_get_verify_result(session);
  const auto* chain = SSL_get0_verified_chain(session);
  certs::described shown;
  if (chain != nullptr && sk_X509_num(chain) > 0)
    shown = certs::describe(certs::to_pem(sk_X509_value(chain, 0)));
  const auto whose = "its certificate \"" + shown.name + "\", issued by \"" + shown.issuer + "\", ";
  switch (result) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return whose + "is for " + hosts_of(shown) + " and not for " + host +
           "; write one of its hosts in --url, or give the gateway a certificate for " + host;
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return whose + "or one behind it has expired (it ends on " + day_of(shown.end) +
           "); renew it where the gateway runs, and send that a SIGHUP";
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return whose + "or one behind it is not valid yet (it begins on " + day_of(shown.begin) +
           "); are the clocks of both hosts right?";
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    return whose + "is of no authority in " + (ca_.empty() ? "the system's store" : ca_) +
           "; name the authority's certificate with --ca FILE or SQUALL_CA";
  default:
    return whose + "was refused: " + X509_verify_cert_error_string(result) +
           "; give the gateway another one, or name its authority with --ca FILE or SQUALL_CA";
  }
}

tls_failure::tls_failure(std::string why)
    : system_error(boost::system::errc::make_error_code(boost::system::errc::protocol_error)),
      why_(std::move(why)) {}

bool is_from_tls_port(unsigned status, std::string_view body) {
  const bool is_problem = body.starts_with('{');
  return status == 400 && !is_problem && body.find("HTTPS") != std::string_view::npos;
}

std::string wants_tls(const url& gateway, unsigned status, std::string_view body) {
  if (gateway.is_secure || !is_from_tls_port(status, body)) return {};
  return "it speaks HTTPS; write https:// in --url";
}

std::string reason_of(const boost::system::system_error& error) {
  const auto* tls = dynamic_cast<const tls_failure*>(&error);
  if (tls != nullptr) return tls->why();
  // In OpenSSL's words for it, a stream was truncated.
  const bool is_cut = error.code() == boost::asio::ssl::error::stream_truncated;
  return is_cut ? "the connection was cut" : error.code().message();
}

unreachable not_reached(const url& gateway, const boost::system::system_error& error) {
  if (const auto* tls = dynamic_cast<const tls_failure*>(&error))
    return {gateway.origin(), unreachable::advised{tls->why()}};
  return {gateway.origin(), reason_of(error)};
}

} // namespace squall::cli
