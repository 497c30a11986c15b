#pragma once

#include <cstdint>
#include <string_view>

namespace squall::proto {

/// Why a call was not answered with a result. Append-only: the numbers cross processes, and a peer
/// of a newer version may send one that is not known here (see `known`).
enum class errc : std::uint8_t {
  none = 0, ///< success
  unknown,  ///< a code of a newer peer
  parse_error,
  invalid_request,
  unknown_kind,
  invalid_params,
  internal,
  overloaded,
  deadline_exceeded,
  worker_lost,
  cancelled,
  unavailable,
  unauthorized,
  forbidden,
  rate_limited,
  task_failed,
  queue_full,
  not_found,
  lease_lost,
};

/// One error as clients see it: one name everywhere, an HTTP status and a JSON-RPC code.
struct error_info {
  errc code;
  std::string_view name; ///< e.g. "deadline_exceeded"; the `code` of a problem document
  std::string_view
      title;          ///< short sentence for people; the `title` of a problem document (RFC 9457)
  std::uint16_t http; ///< HTTP status
  std::int32_t json_rpc; ///< JSON-RPC 2.0 error code
  bool retry_after;      ///< whether HTTP answers carry `Retry-After`
};

/// The row of the error table for `code`; that of `errc::internal` for `none`, `unknown` and codes
/// out of range.
const error_info& describe(errc code) noexcept;

/// `code` when this version knows it, otherwise `errc::unknown`.
errc known(std::uint8_t code) noexcept;

} // namespace squall::proto
