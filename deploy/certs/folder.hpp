#pragma once

#include "deploy/certs/authority.hpp"
#include "deploy/certs/described.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// The folder that `squall certs` keeps: `ca.pem` and `ca.key`, and one folder a name with what is
/// copied to a host, `ca.pem`, `cert.pem` and `key.pem`. Keys have mode 0600, folders 0700.
namespace squall::certs {

/// Makes an authority. Throws `std::invalid_argument` when the folder has one, and `failure`.
described init_folder(const std::filesystem::path& folder, int days, time_point now);

/// What `issue_into` has done.
struct issued {
  std::filesystem::path folder; ///< as `--cluster-tls` takes it
  described certificate;
  bool renewed = false; ///< there was a certificate of this name
};

/// Issues a certificate, or renews one: then it keeps its key, unless a new one is asked for, and,
/// unless others are given, its hosts. Throws as `issue` does.
issued issue_into(const std::filesystem::path& folder, order what, bool new_key, time_point now);

/// A certificate somewhere.
struct found {
  std::filesystem::path file;
  described certificate;
  /// Why a peer would refuse it; empty when it would not, or when nothing tells its authority.
  std::string wrong;
};

/// All certificates of a file, of a folder that `--cluster-tls` takes, or of the one that
/// `squall certs` keeps. Throws `failure` when there are none, or one that cannot be read.
std::vector<found> find_certificates(const std::filesystem::path& where, time_point now);

} // namespace squall::certs
