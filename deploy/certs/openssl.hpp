#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

/// Owners of what OpenSSL hands out, and its errors as exceptions.
namespace squall::certs {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};

using bio_ptr = std::unique_ptr<BIO, freed<BIO_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed<X509_free>>;
using names_ptr = std::unique_ptr<GENERAL_NAMES, freed<GENERAL_NAMES_free>>;

/// What is wrong with a certificate, a key or their files; a whole sentence.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The text of this thread's last OpenSSL error; forgets all of them.
std::string openssl_reason();

/// Throws `failure` with OpenSSL's reason unless `done`.
void require(bool done, const std::string& what);

/// The first certificate of a PEM text. Throws `failure`.
x509_ptr parse_certificate(const std::string& pem);

/// A private key without a password. Throws `failure`.
key_ptr parse_key(const std::string& pem);

std::string to_pem(X509* certificate);
std::string to_pem(EVP_PKEY* key);

} // namespace squall::certs
