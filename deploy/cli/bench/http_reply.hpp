#pragma once

#include "deploy/cli/bench/speech.hpp"

#include <string_view>

namespace squall::cli::bench {

/// Reads one HTTP/1.1 response with Content-Length off the front of `input`. A status other than
/// 2xx is an answer that is `refused`; a response without Content-Length, or after which the
/// server closes, is broken.
reply read_http_reply(std::string_view input);

} // namespace squall::cli::bench
