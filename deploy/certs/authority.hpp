#pragma once

#include <chrono>
#include <string>
#include <vector>

/// Makes the certificates of a cluster. Pure but for the random numbers; any thread.
namespace squall::certs {

using time_point = std::chrono::system_clock::time_point;

/// A certificate and the key that belongs to it, in PEM.
struct identity {
  std::string certificate;
  std::string key;
};

/// What a certificate is issued for.
struct order {
  std::string name;               ///< common name, and a subject alternative name
  std::vector<std::string> hosts; ///< more of those: DNS names or IP addresses
  int days = 365;                 ///< cut to what is left of the authority
  std::string key;                ///< PEM, to be used again; empty: a new one
};

/// A name for a process or host that is safe as the name of a folder, too: letters, digits, '.',
/// '-' and '_', not in front, 64 at most (RFC 5280, ub-common-name). Throws
/// `std::invalid_argument`.
void check_name(const std::string& name);

/// An IP address, or a DNS name that may begin with "*.". Throws `std::invalid_argument`.
void check_host(const std::string& host);

/// An authority that signs itself: ECDSA on P-256, with a common name of its own.
/// \param now 5 minutes before it the certificate begins to be valid: clocks of hosts differ
identity make_authority(int days, time_point now);

/// A certificate for servers and clients. Throws `std::invalid_argument` for a name or host that
/// cannot be, and `failure` when the authority cannot sign: it has expired, or is none.
identity issue(const identity& authority, const order& what, time_point now);

} // namespace squall::certs
