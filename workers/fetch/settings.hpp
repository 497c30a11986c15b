#pragma once

#include "workers/fetch/address_policy.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace squall::workers::fetch {

/// What an operator can tell the kind `fetch`.
struct settings {
  std::vector<allow_entry> allow;   ///< addresses besides public ones
  std::string ca_file;              ///< PEM with authorities besides the system's; empty: none
  std::string proxy;                ///< "http://[USER:PASSWORD@]HOST:PORT"; empty: none
  std::vector<std::string> resolve; ///< "HOST:PORT:ADDRESS[,ADDRESS]": instead of asking DNS
  std::uint32_t per_host = 32;      ///< transfers at a time with one host and port
};

/// Most transfers at a time with one host.
inline constexpr std::uint32_t most_per_host = 100'000;

/// These throw `std::invalid_argument` with a text for people when a setting cannot be used.
void check_ca_file(const std::string& path);
void check_proxy(const std::string& url);
void check_resolve(const std::string& text);

} // namespace squall::workers::fetch
