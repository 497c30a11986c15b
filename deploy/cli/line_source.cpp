#include "deploy/cli/line_source.hpp"

#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace squall::cli {

namespace {

constexpr std::size_t max_ahead = 4096; // lines
constexpr std::size_t chunk = 64 * 1024;

} // namespace

line_source::line_source(int descriptor, std::function<void()> on_lines)
    : descriptor_(descriptor), stop_(::eventfd(0, EFD_CLOEXEC)), on_lines_(std::move(on_lines)) {
  if (stop_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::thread([this] { read_all(); });
}

line_source::~line_source() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  room_.notify_one();
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(stop_);
}

std::optional<numbered_line> line_source::next() {
  const std::lock_guard lock(mutex_);
  if (lines_.empty()) {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return std::nullopt;
  }
  auto line = std::move(lines_.front());
  lines_.pop_front();
  if (lines_.size() == max_ahead / 2) room_.notify_one();
  return line;
}

bool line_source::ended() {
  const std::lock_guard lock(mutex_);
  return ended_ && lines_.empty() && !error_;
}

void line_source::read_all() {
  try {
    line_splitter splitter;
    std::vector<numbered_line> lines;
    std::array<char, chunk> buffer;
    while (wait_for_input()) {
      const auto size = ::read(descriptor_, buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) throw std::system_error(errno, std::generic_category(), "reading the input");
      if (size == 0) splitter.finish(lines);
      splitter.feed({buffer.data(), static_cast<std::size_t>(size)}, lines);
      bytes_.fetch_add(static_cast<std::uint64_t>(size), std::memory_order_relaxed);
      if (!hand_over(lines) || size == 0) break;
    }
    finish(nullptr);
  } catch (...) {
    finish(std::current_exception());
  }
}

/// False when it is to stop.
bool line_source::wait_for_input() const {
  std::array<pollfd, 2> both{pollfd{descriptor_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
  while (::poll(both.data(), both.size(), -1) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
  }
  return both[1].revents == 0;
}

/// Waits until there is room, then gives the lines to the owner. False when it is to stop.
bool line_source::hand_over(std::vector<numbered_line>& lines) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return stopped_ || lines_.size() <= max_ahead / 2; });
  if (stopped_) return false;
  const bool was_empty = lines_.empty();
  lines_.insert(lines_.end(), std::make_move_iterator(lines.begin()),
                std::make_move_iterator(lines.end()));
  lines.clear();
  const bool wake = was_empty && !lines_.empty();
  lock.unlock();
  if (wake) on_lines_();
  return true;
}

void line_source::finish(std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    ended_ = true;
  }
  on_lines_();
}

} // namespace squall::cli
