#pragma once

#include "deploy/manifest/manifest.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::manifest {

/// One mistake in a manifest.
struct mistake {
  std::string file;
  std::size_t line = 0;   ///< from 1
  std::size_t column = 0; ///< from 1
  std::string what;       ///< what was found, and what is allowed

  friend bool operator==(const mistake&, const mistake&) = default;
};

/// "FILE:LINE:COLUMN: WHAT".
std::string to_string(const mistake& which);

/// All that is wrong with a manifest; `what` has a line for each.
class mistakes : public std::runtime_error {
public:
  explicit mistakes(std::vector<mistake> found);
  const std::vector<mistake>& all() const noexcept { return all_; }

private:
  std::vector<mistake> all_;
};

/// The value of a variable of the environment, or nothing.
using variables = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads a manifest. Throws `mistakes`. \param file for messages; relative paths in the text are
/// relative to its folder. \param kinds that the program has which will run it; none: any name of a
/// kind is good. Pure, but for `look_up`.
manifest read(std::string_view text, const std::filesystem::path& file, const variables& look_up,
              std::vector<std::string> kinds = {});

/// Reads the file, with the variables of this process. Throws `mistakes`, also for a file that
/// cannot be read.
manifest read_file(const std::filesystem::path& file, std::vector<std::string> kinds = {});

} // namespace squall::manifest
