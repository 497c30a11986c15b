#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

namespace squall::workers::fetch {

struct trust_closer {
  void operator()(X509_STORE* store) const;
};

/// The authorities that servers' certificates are checked against.
using trust = std::unique_ptr<X509_STORE, trust_closer>;

/// Those of a PEM file. Throws `std::invalid_argument` when there is none in it.
trust read_trust(const std::string& ca_file);

/// Adds the system's. Reads all of them, which takes some 40 ms.
void add_system_trust(X509_STORE& to);

} // namespace squall::workers::fetch
