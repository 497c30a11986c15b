#include "gateway/access/token_table.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace squall::gateway::access {

digest digest_of(std::string_view secret) {
  digest result{};
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), result.data());
  return result;
}

const token* token_table::find(const digest& secret) const noexcept {
  const token* found = nullptr;
  for (const auto& each : tokens_)
    if (CRYPTO_memcmp(each.secret.data(), secret.data(), secret.size()) == 0) found = &each;
  return found;
}

} // namespace squall::gateway::access
