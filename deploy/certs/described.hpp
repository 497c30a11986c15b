#pragma once

#include "deploy/certs/authority.hpp"

#include <string>
#include <vector>

namespace squall::certs {

/// What people want to know of a certificate.
struct described {
  std::string name;               ///< common name of the subject
  std::string issuer;             ///< that of who signed it
  std::vector<std::string> hosts; ///< DNS names and addresses that it is good for
  time_point begin;
  time_point end;
  bool authority = false; ///< may sign others

  /// Whole days from `now` to its end, rounded down; negative when that is over.
  std::int64_t days_left(time_point now) const;
};

/// As RFC 3339 writes it, in UTC and whole seconds.
std::string to_text(time_point when);

/// Describes the first certificate of a PEM text. Throws `failure`.
described describe(const std::string& pem);

/// All certificates of a PEM text, each as such a text; what is between them is left out.
std::vector<std::string> split_certificates(const std::string& pem);

/// Why `pem`, with others behind it that lead to the authority, is refused by who trusts
/// `authority` alone at the time `now`; empty when it is not. Throws `failure` for what is no PEM.
std::string refusal(const std::string& pem, const std::string& authority, time_point now);

/// Whether the key belongs to the certificate. Throws `failure` for what is no PEM.
bool belongs(const std::string& key, const std::string& certificate);

} // namespace squall::certs
