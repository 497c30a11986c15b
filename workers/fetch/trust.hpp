#pragma once

#include <openssl/ossl_typ.h>

#include <memory>
#include <string>

namespace squall::workers::fetch {

struct trust_closer {
  void operator()(X509_STORE* store) const;
};

/// The authorities that servers' certificates are checked against. One for all connections: reading
/// the system's for each would take longer than the rest of a handshake.
using trust = std::unique_ptr<X509_STORE, trust_closer>;

/// The system's authorities and those of a PEM file, if one is named. Throws
/// `std::invalid_argument` when there is none in the file.
trust make_trust(const std::string& ca_file);

} // namespace squall::workers::fetch
