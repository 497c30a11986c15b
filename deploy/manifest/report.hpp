#pragma once

#include "deploy/manifest/read.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace squall::manifest {

/// Where something stands in a file; both from 1.
struct place {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// Collects what is wrong with one file, so that all of it can be told at once.
class report {
public:
  /// \param kinds see `read`
  explicit report(std::filesystem::path file, std::vector<std::string> kinds = {});

  void add(place at, std::string what);

  /// Throws `mistakes`, in the order of the file, when there are any.
  void finish() const;

  /// What is wrong with the name of a kind; empty when it is good.
  std::string about_kind(std::string_view name) const;

  /// A path of the manifest, as seen from everywhere.
  std::string absolute(const std::string& path) const;

private:
  std::filesystem::path file_;
  std::vector<std::string> kinds_; ///< of the program; empty: any
  std::vector<mistake> found_;
};

/// " (did you mean 'X'?)" for the candidate that `written` is a likely misspelling of; otherwise
/// empty.
std::string did_you_mean(std::string_view written, const std::vector<std::string_view>& candidates);

/// "a, b or c".
std::string either(const std::vector<std::string_view>& words);

} // namespace squall::manifest
