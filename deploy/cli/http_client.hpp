#pragma once

#include "deploy/cli/url.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace squall::cli {

struct http_answer {
  unsigned status = 0;
  std::string body;
};

struct http_question {
  std::string method = "GET";
  std::string target; ///< path and query
  std::string body;   ///< JSON; with any other method than GET
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Asks once, on a connection of its own, and blocks until the answer is there. Throws
/// `unreachable` when the gateway does not answer within `timeout`, or at all.
http_answer ask(const url& gateway, const http_question& question,
                std::chrono::milliseconds timeout);

/// GET of a JSON document. Throws `unreachable` as `ask` does, also when the answer is another
/// than 200: then it is no gateway of ours. Throws `std::runtime_error` for want of a token.
std::string get_json(const url& gateway, const std::string& target,
                     std::chrono::milliseconds timeout);

} // namespace squall::cli
