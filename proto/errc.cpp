#include "proto/errc.hpp"

#include <algorithm>
#include <array>

namespace squall::proto {
namespace {

constexpr std::array table{
    error_info{errc::internal, "internal", "The server made a mistake", 500, -32603, false},
    error_info{errc::parse_error, "parse_error", "The text is not JSON", 400, -32700, false},
    error_info{errc::invalid_request, "invalid_request", "This is not a valid request", 400, -32600,
               false},
    error_info{errc::unknown_kind, "unknown_kind", "There is no such kind or method", 404, -32601,
               false},
    error_info{errc::invalid_params, "invalid_params", "These params are refused", 422, -32602,
               false},
    error_info{errc::overloaded, "overloaded", "The waiting line is full", 503, -32000, true},
    error_info{errc::deadline_exceeded, "deadline_exceeded", "The time given has passed", 504,
               -32001, false},
    error_info{errc::worker_lost, "worker_lost", "The worker died during the call", 502, -32002,
               false},
    error_info{errc::cancelled, "cancelled", "The call was cancelled", 499, -32003, false},
    error_info{errc::unavailable, "unavailable", "This cannot be had now", 503, -32004, true},
    error_info{errc::unauthorized, "unauthorized", "A credential is needed", 401, -32005, false},
    error_info{errc::forbidden, "forbidden", "This credential does not allow it", 403, -32006,
               false},
    error_info{errc::rate_limited, "rate_limited", "Too many requests", 429, -32007, true},
    error_info{errc::task_failed, "task_failed", "The handler failed", 500, -32008, false},
    error_info{errc::queue_full, "queue_full", "The queue is full", 503, -32010, true},
    error_info{errc::not_found, "not_found", "There is no such thing", 404, -32011, false},
    error_info{errc::lease_lost, "lease_lost", "The lease is no longer held", 409, -32012, false},
};

} // namespace

const error_info& describe(errc code) noexcept {
  auto row = std::ranges::find(table, code, &error_info::code);
  return row == table.end() ? table.front() : *row;
}

errc known(std::uint8_t code) noexcept {
  return code <= static_cast<std::uint8_t>(errc::lease_lost) ? static_cast<errc>(code)
                                                             : errc::unknown;
}

} // namespace squall::proto
