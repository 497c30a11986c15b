#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

/// What people see of queues. Missing members count as empty. Pure.
namespace squall::cli {

/// A table of queues, of the document of `/v1/queues`.
std::string render_queues(const nlohmann::json& document, bool colours);

/// All of a queue's books, one a line.
std::string render_queue(const nlohmann::json& stats);

/// A table of dead items, of the document of `/v1/queues/{q}/dead`.
std::string render_dead(const nlohmann::json& document, bool colours);

} // namespace squall::cli
