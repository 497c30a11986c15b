#include "deploy/cli/progress.hpp"

#include "deploy/cli/units.hpp"

#include <algorithm>
#include <iostream>

#include <unistd.h>

namespace squall::cli {

namespace {

constexpr std::uint64_t bar_width = 30;
constexpr std::chrono::milliseconds redraw{100};

std::string bar_of(const progress& now) {
  const auto bytes = std::min(now.bytes, now.total_bytes);
  const auto filled = bytes * bar_width / now.total_bytes;
  return "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "] " +
         std::to_string(bytes * 100 / now.total_bytes) + " %  ";
}

} // namespace

std::string render_progress(const progress& now) {
  std::string line;
  if (now.total_bytes > 0) line += bar_of(now);
  line += format_count(now.done) + " done";
  if (now.failed > 0) line += ", " + format_count(now.failed) + " failed";
  const auto ms = static_cast<std::uint64_t>(now.elapsed.count());
  if (ms > 0) line += "  " + format_count(now.done * 1'000 / ms) + "/s";
  return line;
}

progress_bar::progress_bar() : terminal_(::isatty(STDERR_FILENO) != 0) {}

void progress_bar::update(progress now) {
  if (!terminal_ || clock::now() < next_) return;
  next_ = clock::now() + redraw;
  draw(now);
}

void progress_bar::finish(progress now) {
  if (!terminal_) return;
  draw(now);
  std::cerr << '\n';
}

void progress_bar::draw(progress now) {
  now.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun_);
  std::cerr << '\r' << render_progress(now) << "\x1b[K" << std::flush;
}

} // namespace squall::cli
