#pragma once

#include "workers/fetch/fault.hpp"
#include "workers/fetch/params.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace squall::workers::fetch {

/// How long parts of a fetch took, in milliseconds.
struct timing {
  double dns = 0; ///< these three are 0 on a connection that was there already
  double connect = 0;
  double tls = 0;
  double first_byte = 0; ///< since the last request began
  double total = 0;      ///< since the fetch began
};

/// What a server answered.
struct answer {
  long status = 0;
  std::string reason;
  std::vector<field> headers; ///< in the order of their coming
  std::string body;
  std::string url; ///< after redirects
  std::uint32_t redirects = 0;
  std::string version; ///< "1.1"
  timing times;
};

/// The value of its `Location`; empty: none.
std::string_view location_of(const answer& from) noexcept;

/// As JSON text. Fields that came more than once have an array of their values; a body that is no
/// UTF-8 is `body_base64`.
std::string to_json(const answer& from);

/// The JSON object `{"reason": ..., "url": ...}`.
std::string data_of(const fault& from);

/// What stands in the place of a list's element that failed:
/// `{"error": {"reason": ..., "message": ..., "url": ...}}`.
std::string to_json(const fault& from);

} // namespace squall::workers::fetch
