#pragma once

#include "gateway/access/scope.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace squall::gateway::http {

/// Answers requests of one path. Pure but for reading the context; may move the request's body.
using handler = reply (*)(const context&, request&);

/// One path and what answers it. HEAD is answered wherever GET is, OPTIONS everywhere.
struct route {
  std::string_view pattern; ///< a path; `{name}` as one of its segments stands for any segment
  method_set methods;
  /// What a token must allow. Without a name it is that of the path's parameter; of jobs it is
  /// `jobs_write`, and to GET `jobs_read`.
  access::need needs;
  handler handle;
  std::optional<endpoint> websocket = {}; ///< a GET may ask for this upgrade
  bool for_tests = false;                 ///< there only with `settings::echo`
};

/// Every route but the page's files.
std::span<const route> routes() noexcept;

/// The route that serves the request, with the request's parameter set, or the answer when none
/// does: 404, 405 with Allow, 501, 204 to OPTIONS, 401 or 403 for want of a token that allows it.
std::variant<const route*, response> find_route(const context& shared, request& to);

/// The value of `Allow` for a route's methods.
std::string allow(method_set methods);

} // namespace squall::gateway::http
