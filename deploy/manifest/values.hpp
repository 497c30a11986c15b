#pragma once

#include "deploy/manifest/document.hpp"
#include "proto/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Values as the manifest's keys take them. What is none is reported with what would be one, and
/// leaves the target as it is.
namespace squall::manifest {

/// Reports that `value` is not what is needed: "'2x' is no duration; write 30s".
void refuse(report& to, const node& value, std::string_view is_no, std::string_view instead);

/// A text of one line, not empty. \param what for messages, as in "a name"
bool read_text(report& to, const node& value, std::string_view what, std::string& out);

/// One of some words.
void read_choice(report& to, const node& value, const std::vector<std::string_view>& words,
                 std::string& out);

/// A whole number within limits.
void read_number(report& to, const node& value, std::uint64_t least, std::uint64_t most,
                 std::uint32_t& out);
void read_number(report& to, const node& value, std::uint64_t least, std::uint64_t most,
                 std::uint64_t& out);

void read_toggle(report& to, const node& value, bool& out);
void read_duration(report& to, const node& value, std::chrono::milliseconds& out);
void read_size(report& to, const node& value, std::uint64_t& out);

/// HOST:PORT.
bool read_endpoint(report& to, const node& value, proto::endpoint& out);

/// A file or folder, made absolute.
void read_path(report& to, const node& value, std::string& out);

/// The name of a deployment or a group, which is part of hosts' and units' names: letters in lower
/// case, digits and dashes, 40 at most.
void read_name(report& to, const node& value, std::string& out);

/// A list of texts; one text alone is a list, too.
void read_texts(report& to, const node& value, std::string_view what,
                std::vector<std::string>& out);

/// Kinds and their slots: `prime: auto`.
void read_pools(report& to, const node& value, std::map<std::string, std::string>& out);

/// Queues and who works them off: `numbers: prime:4`.
void read_consume(report& to, const node& value, std::map<std::string, std::string>& out);

/// Variables of a process. \param from_variables names of those that came from variables of whoever
/// reads
void read_environment(report& to, const node& value, std::map<std::string, std::string>& out,
                      std::vector<std::string>& from_variables);

/// Whether it can be a queue's or a schedule's name.
bool is_queue_name(std::string_view name);

} // namespace squall::manifest
