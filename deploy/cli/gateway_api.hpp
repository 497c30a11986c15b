#pragma once

#include "deploy/cli/http_client.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// What every question to a gateway's HTTP interface needs.
namespace squall::cli {

/// Beyond the time that the gateway may take, for the way there and back.
inline constexpr std::chrono::milliseconds answer_margin{10'000};

/// `text` as one segment of a path, or one value of a query.
std::string percent_encoded(std::string_view text);

/// Asks once and blocks; the gateway may take `timeout`. Throws `unreachable`, and
/// `std::runtime_error` with the problem's code and detail when the status is none of 2xx.
http_answer ask_gateway(const url& gateway, const http_question& question,
                        std::chrono::milliseconds timeout = std::chrono::milliseconds{0});

} // namespace squall::cli
