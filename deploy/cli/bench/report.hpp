#pragma once

#include "deploy/cli/bench/generator.hpp"

#include <string>

namespace squall::cli::bench {

/// What a run showed, as lines for people.
std::string to_text(const options& settings, const outcome& result);

/// The same as one JSON object. Latencies in microseconds.
std::string to_json(const options& settings, const outcome& result);

} // namespace squall::cli::bench
