#pragma once

#include "deploy/supervisor/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace squall::cli {

/// A log that is read bit by bit, whole lines alone, also when a fresh file takes its place (see
/// deploy/supervisor/log_file.hpp).
class followed_log {
public:
  explicit followed_log(std::filesystem::path file) : file_(std::move(file)) {}

  /// Its last lines, those of the file before among them. To be called first, if at all.
  std::vector<std::string> last(std::size_t count);
  /// What was added since.
  std::vector<std::string> more();

private:
  using clock = std::chrono::steady_clock;

  struct part {
    supervisor::descriptor file;
    std::uint64_t position = 0;
    std::string begun; ///< a line without its end
  };

  static std::optional<part> open_at(const std::filesystem::path& file);
  static void read_last(part& from, std::vector<std::string>& lines);
  static void read_on(part& from, std::vector<std::string>& lines);
  static bool is_same(const part& one, const part& other);
  void turn(part fresh, std::vector<std::string>& lines);

  std::filesystem::path file_;
  std::optional<part> now_;
  std::optional<part> before_; ///< whoever writes may not have turned from it yet
  clock::time_point before_until_;
};

} // namespace squall::cli
