#include "gateway/net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace squall::gateway::net {
namespace {

/// The latest of OpenSSL's errors; takes all of them away.
std::string reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* text = ERR_reason_error_string(code);
  return text ? text : "unknown reason";
}

/// OpenSSL says no more of such a file than "system lib".
void check_readable(const std::string& file) {
  if (!std::ifstream{file})
    throw std::runtime_error{file + " cannot be read: " + std::generic_category().message(errno)};
}

/// OpenSSL would ask at the terminal, and whoever reads the files again would wait there.
int no_password(char*, int, int, void* was_wanted) {
  *static_cast<bool*>(was_wanted) = true;
  return -1;
}

/// RFC 7301: `http/1.1` when the client offers it; a client that offers other things alone is
/// refused.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  static constexpr unsigned char known[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int what =
      SSL_select_next_proto(&found, length, known, std::size(known), offered, offered_length);
  if (what != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

} // namespace

void tls_context::deleter::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

tls_context::tls_context(const std::string& certificate, const std::string& key)
    : context_{SSL_CTX_new(TLS_server_method())} {
  check_readable(certificate);
  check_readable(key);
  ERR_clear_error();
  if (!context_) throw std::runtime_error{"TLS cannot be had: " + reason()};
  auto* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // An idle connection gives its buffers back: thousands of them are what a gateway has.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  bool wants_password = false;
  SSL_CTX_set_default_passwd_cb(context, no_password);
  SSL_CTX_set_default_passwd_cb_userdata(context, &wants_password);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    throw std::runtime_error{"the certificate " + certificate + " cannot be used: " + reason()};
  const bool fits = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1 &&
                    SSL_CTX_check_private_key(context) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (wants_password) throw std::runtime_error{"the key " + key + " has a password; take it off"};
  if (!fits)
    throw std::runtime_error{"the key " + key + " cannot be used with the certificate " +
                             certificate + ": " + reason()};
}

} // namespace squall::gateway::net
