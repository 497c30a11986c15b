#pragma once

#include "deploy/cli/layers.hpp"

#include <filesystem>

/// Where a gateway keeps its queues when nobody says so.
namespace squall::cli {

/// The variables that say where this process may keep its state.
environment state_environment();

/// `queues.db` in the state directory: `$STATE_DIRECTORY` (systemd's, its first entry), else
/// `/var/lib/squall` for root, else `squall` in `$XDG_STATE_HOME` or `$HOME/.local/state`. As the
/// XDG specification wants it, what is no absolute path does not count. Throws `misuse` when there
/// is none of these. Pure.
std::filesystem::path default_store_file(const environment& variables, bool is_root);

/// Makes the directory and those above it, each for its owner alone. Throws `misuse` when it cannot
/// be made.
void make_state_directory(const std::filesystem::path& directory);

} // namespace squall::cli
