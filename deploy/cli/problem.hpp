#pragma once

#include "deploy/cli/http_client.hpp"

#include <string>

namespace squall::cli {

/// What an answer that is a problem document (RFC 9457) says, as `code: detail`, or as
/// `code (reason): detail` when a handler gave a reason as data. Any other answer is `internal`,
/// with its status.
std::string describe_problem(const http_answer& answer);

} // namespace squall::cli
