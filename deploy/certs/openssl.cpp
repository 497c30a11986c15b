#include "deploy/certs/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace squall::certs {

namespace {

bio_ptr reading(const std::string& text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string text_of(BIO* memory) {
  char* begin = nullptr;
  const auto size = BIO_get_mem_data(memory, &begin);
  return {begin, static_cast<std::size_t>(size)};
}

/// A key with a password is refused rather than asked for at a terminal that nobody sees.
int no_password(char*, int, int, void*) {
  return -1;
}

} // namespace

std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : "no reason is known";
}

void require(bool done, const std::string& what) {
  if (!done) throw failure{what + ": " + openssl_reason()};
}

x509_ptr parse_certificate(const std::string& pem) {
  const auto source = reading(pem);
  x509_ptr found{PEM_read_bio_X509(source.get(), nullptr, no_password, nullptr)};
  require(found != nullptr, "this is no certificate in PEM");
  return found;
}

key_ptr parse_key(const std::string& pem) {
  const auto source = reading(pem);
  key_ptr found{PEM_read_bio_PrivateKey(source.get(), nullptr, no_password, nullptr)};
  require(found != nullptr, "this is no private key in PEM without a password");
  return found;
}

std::string to_pem(X509* certificate) {
  const bio_ptr memory{BIO_new(BIO_s_mem())};
  require(PEM_write_bio_X509(memory.get(), certificate) == 1, "cannot write a certificate");
  return text_of(memory.get());
}

std::string to_pem(EVP_PKEY* key) {
  const bio_ptr memory{BIO_new(BIO_s_mem())};
  require(PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) ==
              1,
          "cannot write a key");
  return text_of(memory.get());
}

} // namespace squall::certs
