#pragma once

#include "deploy/supervisor/plan.hpp"
#include "deploy/supervisor/process_handle.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What a supervisor writes down, so that the next one can go on where it was killed. Pure.
namespace squall::supervisor {

/// A process that was there.
struct known_process {
  process_spec spec;
  process_id id;
  bool draining = false; ///< it is on its way out, another may be there in its place
  std::uint32_t restarts = 0;
  std::chrono::milliseconds watchdog{0}; ///< how long it may say nothing; 0: for ever
};

struct state {
  plan wanted;
  std::vector<known_process> processes;
  std::map<std::string, std::uint64_t> sockets; ///< inode of what listens, by its HOST:PORT
};

std::string to_text(const state& now);

/// Throws `std::runtime_error` for a text that another version wrote, or none.
state parse_state(const std::string& text);

} // namespace squall::supervisor
