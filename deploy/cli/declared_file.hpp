#pragma once

#include "deploy/manifest/read.hpp"
#include "gateway/declare/declarations.hpp"

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace squall::cli {

/// Reads a file of `--declare`: YAML or JSON whose members `queues` and `schedules` are lists of
/// objects, each with its `name` and what PUT /v1/queues/NAME and /v1/schedules/NAME take; all
/// others are ignored, so that it may be a manifest. Variables are put in, as there. Throws
/// `misuse` with a line for each mistake. \param max_params bytes of a schedule's params
gateway::declarations read_declared_file(const std::filesystem::path& file, std::size_t max_params);

/// The same, of a text. \param file for messages. Pure, but for `look_up` and the clock.
gateway::declarations read_declared(std::string_view text, const std::filesystem::path& file,
                                    const manifest::variables& look_up, std::size_t max_params);

} // namespace squall::cli
