#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

/// Files of secrets and certificates. All of these throw `failure` that names the path.
namespace squall::certs {

std::string read_file(const std::filesystem::path& path);

/// Writes a file of this mode as a whole: whoever reads finds what was there before, or all of it,
/// also after a crash.
void replace_file(const std::filesystem::path& path, const std::string& text, mode_t mode);

/// The same, but what is there stays, and is a `failure`.
void create_file(const std::filesystem::path& path, const std::string& text, mode_t mode);

/// A folder for its owner alone. One that is there stays as it is.
void make_folder(const std::filesystem::path& path);

/// Whether others than the owner may read or write the file; false for none.
bool is_open_to_others(const std::filesystem::path& path);

} // namespace squall::certs
