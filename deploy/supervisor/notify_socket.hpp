#pragma once

#include "deploy/supervisor/descriptor.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

/// What processes say of themselves, as sd_notify(3) has it.
namespace squall::supervisor {

/// What a process adds when it has read its settings again at SIGHUP: "done", or "refused: " and
/// why everything is as before.
inline constexpr const char* reload_variable = "SQUALL_RELOAD";

/// `READY=1` and so on, by name. Lines without '=' are left out. Pure.
std::map<std::string, std::string> parse_notice(std::string_view text);

struct notice {
  pid_t from = 0; ///< as the kernel says
  std::map<std::string, std::string> values;
};

/// The socket at a path, made anew. Throws `std::system_error`.
descriptor open_notify_socket(const std::filesystem::path& path);

/// The next notice; nothing when none is there now.
std::optional<notice> receive_notice(int socket);

} // namespace squall::supervisor
