#include "workers/fetch/trust.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>

namespace squall::workers::fetch {

void trust_closer::operator()(X509_STORE* store) const {
  X509_STORE_free(store);
}

trust read_trust(const std::string& ca_file) {
  trust made{X509_STORE_new()};
  const bool read = X509_STORE_load_file(made.get(), ca_file.c_str()) == 1;
  ERR_clear_error();
  if (!read) throw std::invalid_argument{"no certificates can be read from '" + ca_file + "'"};
  return made;
}

void add_system_trust(X509_STORE& to) {
  X509_STORE_set_default_paths(&to);
  ERR_clear_error();
}

} // namespace squall::workers::fetch
