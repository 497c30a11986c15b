#include "gateway/net/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <utility>

namespace squall::gateway::net {
namespace {

constexpr std::string_view https_wanted = "HTTP/1.1 400 Bad Request\r\n"
                                          "Content-Type: text/plain\r\n"
                                          "Content-Length: 39\r\n"
                                          "Connection: close\r\n\r\n"
                                          "This port speaks HTTPS; use https://.\r\n";

} // namespace

tls_stream::tls_stream(const tls_context& context) : ssl_{SSL_new(context.get())} {
  auto* in = BIO_new(BIO_s_mem());
  auto* out = BIO_new(BIO_s_mem());
  if (!ssl_ || !in || !out) {
    BIO_free(in);
    BIO_free(out);
    SSL_free(ssl_);
    throw std::bad_alloc{};
  }
  SSL_set_bio(ssl_, in, out);
  SSL_set_accept_state(ssl_);
}

tls_stream::~tls_stream() {
  SSL_free(ssl_);
}

tls_stream::state tls_stream::take(std::string_view sealed, std::string& plain) {
  // A queue of errors is one thread's, and what others left in it would be taken for ours.
  ERR_clear_error();
  std::size_t taken = 0;
  if (!sealed.empty() &&
      BIO_write_ex(SSL_get_rbio(ssl_), sealed.data(), sealed.size(), &taken) != 1)
    throw std::bad_alloc{};
  char piece[16 * 1024];
  for (;;) {
    std::size_t count = 0;
    const int done = SSL_read_ex(ssl_, piece, sizeof piece, &count);
    if (done == 1)
      plain.append(piece, count);
    else
      return fail(SSL_get_error(ssl_, done));
  }
}

tls_stream::state tls_stream::fail(int code) {
  if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE) return state::open;
  if (code == SSL_ERROR_ZERO_RETURN) return state::ended;
  if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) plain_answer_ = https_wanted;
  ERR_clear_error();
  ended_ = true; // a session that failed takes no further word
  return state::failed;
}

void tls_stream::seal(std::string& plain) {
  if (plain.empty() || ended_ || !is_established()) return;
  ERR_clear_error();
  std::size_t sealed = 0;
  const auto size = std::min(plain.size(), piece_bytes);
  if (SSL_write_ex(ssl_, plain.data(), size, &sealed) == 1) plain.erase(0, sealed);
}

void tls_stream::end() {
  if (ended_ || !is_established()) return;
  ERR_clear_error();
  ended_ = true;
  SSL_shutdown(ssl_);
}

void tls_stream::take_sealed(std::string& to) {
  if (!plain_answer_.empty()) { // and no alert: the client would show it behind the answer
    to += std::exchange(plain_answer_, {});
    return;
  }
  auto* out = SSL_get_wbio(ssl_);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out, &data);
  if (size <= 0) return;
  to.append(data, static_cast<std::size_t>(size));
  BIO_reset(out);
}

bool tls_stream::is_established() const noexcept {
  return SSL_is_init_finished(ssl_) == 1;
}

} // namespace squall::gateway::net
