#include "proto/tls_files.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <iterator>
#include <memory>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace squall::proto {

namespace {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};

std::string text_of(const std::string& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

using x509_ptr = std::unique_ptr<X509, freed<X509_free>>;

x509_ptr certificate_in(const std::string& text) {
  const std::unique_ptr<BIO, freed<BIO_free>> source{
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  return x509_ptr{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)};
}

bool fit(const std::string& certificate, const std::string& key) {
  const auto first = certificate_in(certificate);
  const std::unique_ptr<BIO, freed<BIO_free>> source{
      BIO_new_mem_buf(key.data(), static_cast<int>(key.size()))};
  // A password would be asked for at the terminal: there is none.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>> secret{
      PEM_read_bio_PrivateKey(source.get(), nullptr, no_password, nullptr)};
  return first && secret && X509_check_private_key(first.get(), secret.get()) == 1;
}

/// Puts a text where `target` is the descriptor of, at once; -1: into a new one.
void put(int& target, const std::string& text) {
  const int next = ::memfd_create("squall-tls", MFD_CLOEXEC);
  if (next < 0) return;
  if (::write(next, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    ::close(next);
    return;
  }
  if (target < 0) {
    target = next;
    return;
  }
  ::dup3(next, target, O_CLOEXEC);
  ::close(next);
}

std::string name_of(int descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor);
}

} // namespace

tls_files::tls_files(cluster_tls originals) : originals_{std::move(originals)}, seen_{read()} {
  take(seen_);
}

tls_files::~tls_files() {
  for (const int each : {identity_, ca_})
    if (each >= 0) ::close(each);
}

cluster_tls tls_files::names() const {
  if (identity_ < 0 || ca_ < 0 || ::access(name_of(identity_).c_str(), R_OK) != 0)
    return originals_;
  return {name_of(identity_), name_of(identity_), name_of(ca_)};
}

void tls_files::refresh() {
  const std::lock_guard guard{mutex_};
  auto next = read();
  if (next == seen_) return;
  seen_ = std::move(next);
  const bool good = fit(seen_.certificate, seen_.key) && certificate_in(seen_.ca);
  ERR_clear_error();
  if (good) {
    take(seen_);
    spdlog::info("the cluster's certificate was read again from {}", originals_.certificate);
  } else {
    spdlog::warn("{}, {} and {} have changed, but do not fit together: what they were before stays",
                 originals_.certificate, originals_.key, originals_.ca);
  }
}

tls_files::texts tls_files::read() const {
  return {text_of(originals_.certificate), text_of(originals_.key), text_of(originals_.ca)};
}

void tls_files::take(const texts& next) {
  put(identity_, next.certificate + "\n" + next.key);
  put(ca_, next.ca);
}

} // namespace squall::proto
