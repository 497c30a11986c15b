#pragma once

#include "deploy/certs/authority.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace squall::certs {

/// The files by which a process of a cluster shows who it is, and knows the others.
struct identity_files {
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path authority;
};

/// Those of a folder that `squall certs issue` made. Throws `failure` that names all that are
/// missing.
identity_files files_in(const std::filesystem::path& folder);

/// Whether a process can begin with these files at the time `now`: they can be read, belong
/// together, and have not expired. Throws `failure` when not. Returns what is no obstacle, but
/// should be seen to: a key that others can read, a certificate that ends soon or that peers with
/// the same authority refuse.
std::vector<std::string> check_files(const identity_files& files, time_point now);

} // namespace squall::certs
