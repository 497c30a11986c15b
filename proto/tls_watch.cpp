#include "proto/tls_watch.hpp"

#include "proto/endpoint.hpp"
#include "proto/tls_files.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace squall::proto {

namespace {

struct listening {
  std::mutex mutex;
  refusal_listener listener;
};

listening& refusals() {
  static listening all;
  return all;
}

/// Who is at the other end; "an unknown address" when that is gone already.
std::string peer_of(int socket) {
  sockaddr_storage about{};
  socklen_t size = sizeof about;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&about), &size) != 0)
    return "an unknown address";
  if (about.ss_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(&about);
    ::inet_ntop(AF_INET, &four->sin_addr, text.data(), text.size());
    return to_string({text.data(), ntohs(four->sin_port)});
  }
  if (about.ss_family != AF_INET6) return "an unknown address";
  const auto* six = reinterpret_cast<const sockaddr_in6*>(&about);
  ::inet_ntop(AF_INET6, &six->sin6_addr, text.data(), text.size());
  std::string_view host = text.data();
  if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) host.remove_prefix(host.rfind(':') + 1);
  return to_string({std::string{host}, ntohs(six->sin6_port)});
}

/// Why the handshake failed, by OpenSSL's first error and its check of the certificate.
std::string reason_of(const SSL* session) {
  const auto code = ERR_peek_error();
  if (code == 0) return "the connection broke before a certificate was shown";
  const auto reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  switch (reason) {
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    return "it has shown no certificate";
  case SSL_R_CERTIFICATE_VERIFY_FAILED:
    return std::string{"its certificate is not accepted: "} +
           X509_verify_cert_error_string(SSL_get_verify_result(session));
  case SSL_R_UNEXPECTED_EOF_WHILE_READING:
    return "it went away before it had shown a certificate";
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_HTTP_REQUEST:
    return "it does not speak TLS";
  default:
    break;
  }
  const char* text = ERR_reason_error_string(code);
  if (text == nullptr) return "the handshake failed";
  return reason > SSL_AD_REASON_OFFSET ? std::string{"it broke off: "} + text : text;
}

/// The session that read last on this thread: errors are its own until another one begins.
thread_local const BIO* reader = nullptr;

/// Around everything that a session reads from or writes to its socket. A write must not lose an
/// error of its own session, which OpenSSL notes before it writes the alert.
long on_transfer(BIO* socket, int what, const char*, std::size_t, int, long, int result,
                 std::size_t*) {
  if (what == BIO_CB_READ || (what == BIO_CB_WRITE && reader != socket)) ERR_clear_error();
  if (what == BIO_CB_READ || what == BIO_CB_WRITE) reader = socket;
  if (what == BIO_CB_FREE) std::free(BIO_get_callback_arg(socket));
  return result;
}

/// A session begins, or goes on with a message of the handshake's. The address is noted now: who
/// breaks off has none any more.
void on_start(BIO* socket, int descriptor) {
  if (BIO_get_callback_arg(socket) != nullptr) return;
  BIO_set_callback_ex(socket, on_transfer);
  BIO_set_callback_arg(socket, ::strdup(peer_of(descriptor).c_str()));
}

void tell_refused(const SSL* session) {
  auto& all = refusals();
  const std::lock_guard guard{all.mutex};
  const char* address = BIO_get_callback_arg(SSL_get_rbio(session));
  if (all.listener) all.listener({address != nullptr ? address : "", reason_of(session)});
}

void on_event(const SSL* session, int what, int result) {
  // CAF's alone demand a certificate: neither HTTPS nor its clients do.
  if ((SSL_get_verify_mode(session) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) == 0) return;
  auto* socket = SSL_get_rbio(session);
  if (socket == nullptr) return;
  if (what == SSL_CB_HANDSHAKE_START) on_start(socket, SSL_get_fd(session));
  if (what != SSL_CB_ACCEPT_EXIT || result > 0) return;
  // It has begun without errors: there are none while it only waits for its peer.
  if (ERR_peek_error() == 0 && BIO_should_retry(socket)) return;
  // Workers look whether the port is open before they join, and so do health checks.
  if (BIO_number_read(socket) > 0) tell_refused(session);
}

/// Those of this process, once for each set of originals, for as long as it lives: CAF may read
/// them until its last thread has ended.
struct kept_files {
  std::mutex mutex;
  std::map<std::string, tls_files> all;
};

kept_files& files() {
  static auto* kept = new kept_files;
  return *kept;
}

void on_new_context(void* context, void*, CRYPTO_EX_DATA*, int, long, void*) {
  {
    const std::lock_guard guard{files().mutex};
    for (auto& each : files().all)
      each.second.refresh();
  }
  SSL_CTX_set_info_callback(static_cast<SSL_CTX*>(context), on_event);
}

} // namespace

cluster_tls watch_cluster_tls(const cluster_tls& originals) {
  // CAF makes a context for each connection, and then reads the files.
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, on_new_context, nullptr, nullptr);
  static_cast<void>(index);
  const auto key = originals.certificate + '\n' + originals.key + '\n' + originals.ca;
  const std::lock_guard guard{files().mutex};
  return files().all.try_emplace(key, originals).first->second.names();
}

void listen_for_refusals(refusal_listener listener) {
  auto& all = refusals();
  const std::lock_guard guard{all.mutex};
  all.listener = std::move(listener);
}

} // namespace squall::proto
