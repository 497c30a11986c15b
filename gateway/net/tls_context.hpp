#pragma once

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace squall::gateway::net {

/// What the client port shows its clients: a certificate with its key, TLS 1.2 and later, ALPN
/// http/1.1 (RFC 7301). Never changes; any thread.
class tls_context {
public:
  /// Reads PEM files: the certificate with those that lead to its authority behind it, and its
  /// private key. Throws `std::runtime_error` that says which file is wrong, and why.
  tls_context(const std::string& certificate, const std::string& key);

  ssl_ctx_st* get() const noexcept { return context_.get(); }

private:
  struct deleter {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  std::unique_ptr<ssl_ctx_st, deleter> context_;
};

} // namespace squall::gateway::net
