#pragma once

#include "deploy/manifest/document.hpp"
#include "deploy/manifest/manifest.hpp"

#include <span>
#include <string_view>
#include <vector>

/// Queues and schedules that a manifest declares. They are checked by the very functions that check
/// them when clients put them.
namespace squall::manifest {

/// Keys of an entry besides its name: what the gateway's HTTP API takes.
std::span<const std::string_view> queue_keys();
std::span<const std::string_view> schedule_keys();

void read_queues(report& to, const node& value, std::vector<declared>& out);
void read_schedules(report& to, const node& value, std::vector<declared>& out);

} // namespace squall::manifest
