#pragma once

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/url.hpp"

#include <boost/system/system_error.hpp>

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

/// How a client tells that an `https://` gateway is the one that it asked for.
namespace squall::cli {

/// The client's side of TLS: 1.2 and later, ALPN http/1.1 (RFC 7301), and which authorities are
/// believed. Never changes; any thread.
class gateway_trust {
public:
  /// \param ca PEM file with the authorities that are believed, or with a gateway's certificate
  /// itself; empty: those of the system. Throws `misuse` when that cannot be read.
  explicit gateway_trust(std::string ca);

  ssl_ctx_st* context() const noexcept { return context_.get(); }
  /// The same, for an owner of its own.
  ssl_ctx_st* shared_context() const noexcept;

  /// Before the handshake: the peer must show a certificate for `host`, by its subject alternative
  /// names alone (RFC 9525). A name is also sent (SNI), an address is not (RFC 6066, section 3).
  void expect(ssl_st* session, std::string host) const;

  /// Why the handshake of this session failed, with advice.
  /// \param code OpenSSL's first error of it; 0: the peer left
  std::string why_failed(ssl_st* session, const std::string& host, unsigned long code) const;

private:
  std::string why_refused(ssl_st* session, const std::string& host) const;

  struct deleter {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  const std::string ca_;
  std::unique_ptr<ssl_ctx_st, deleter> context_;
};

/// No HTTP was spoken: the gateway cannot be believed, or one side speaks TLS and the other does
/// not.
class tls_failure : public boost::system::system_error {
public:
  /// \param why with advice
  explicit tls_failure(std::string why);

  const std::string& why() const noexcept { return why_; }

private:
  std::string why_;
};

/// Whether a port that speaks TLS answers so to plain HTTP.
bool is_from_tls_port(unsigned status, std::string_view body);

/// What such an answer of a gateway means to people; empty when it is another.
std::string wants_tls(const url& gateway, unsigned status, std::string_view body);

/// Why a gateway did not answer, in words.
std::string reason_of(const boost::system::system_error& error);

/// The same as `unreachable`, with the right advice.
unreachable not_reached(const url& gateway, const boost::system::system_error& error);

} // namespace squall::cli
