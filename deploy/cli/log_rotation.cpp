#include "deploy/cli/log_rotation.hpp"

#include "deploy/supervisor/log_file.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace squall::cli {

namespace {

constexpr std::chrono::milliseconds interval{1'000};
constexpr std::array outputs{STDOUT_FILENO, STDERR_FILENO};

std::string_view variable(const char* name) {
  const auto* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

/// 0: nobody has said it.
std::uint64_t wanted_bytes() {
  const auto text = variable(supervisor::log_size_variable);
  std::uint64_t bytes = 0;
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return bytes;
}

void look_after(const std::stop_token& stop, const std::filesystem::path& file,
                std::uint64_t most_bytes) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  if (most_bytes == 0) most_bytes = supervisor::usual_log_size(file);
  do {
    supervisor::rotate_log(file, most_bytes, outputs);
    never.wait_for(lock, stop, interval, [] { return false; });
  } while (!stop.stop_requested());
}

} // namespace

log_rotation::log_rotation() {
  const auto file = variable(supervisor::log_variable);
  if (!file.empty()) *this = log_rotation(file, wanted_bytes());
}

log_rotation::log_rotation(std::filesystem::path file, std::uint64_t most_bytes)
    : thread_([file = std::move(file), most_bytes](const std::stop_token& stop) {
        look_after(stop, file, most_bytes);
      }) {}

} // namespace squall::cli
