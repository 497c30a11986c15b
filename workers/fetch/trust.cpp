#include "workers/fetch/trust.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>

namespace squall::workers::fetch {

void trust_closer::operator()(X509_STORE* store) const {
  X509_STORE_free(store);
}

trust make_trust(const std::string& ca_file) {
  trust made{X509_STORE_new()};
  X509_STORE_set_default_paths(made.get());
  const bool read = ca_file.empty() || X509_STORE_load_file(made.get(), ca_file.c_str()) == 1;
  ERR_clear_error();
  if (!read) throw std::invalid_argument{"no certificates can be read from '" + ca_file + "'"};
  return made;
}

} // namespace squall::workers::fetch
