#include "deploy/cli/deployment/followed_log.hpp"

#include "deploy/supervisor/log_file.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace squall::cli {

namespace {

constexpr std::uint64_t most_looked_at = 4u << 20; ///< bytes at a file's end
/// Processes turn to a fresh file within a second; a machine may be slow.
constexpr std::chrono::milliseconds turned_within{5'000};

std::uint64_t size_of(const supervisor::descriptor& file) {
  struct stat now {};
  return ::fstat(file.get(), &now) == 0 ? static_cast<std::uint64_t>(now.st_size) : 0;
}

} // namespace

std::optional<followed_log::part> followed_log::open_at(const std::filesystem::path& file) {
  part opened{supervisor::descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC)), 0, {}};
  if (!opened.file) return {};
  return opened;
}

bool followed_log::is_same(const part& one, const part& other) {
  struct stat left {};
  struct stat right {};
  return ::fstat(one.file.get(), &left) == 0 && ::fstat(other.file.get(), &right) == 0 &&
         left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

void followed_log::read_on(part& from, std::vector<std::string>& lines) {
  if (size_of(from.file) < from.position) from = {std::move(from.file), 0, {}}; // it was cut short
  std::array<char, 64 * 1024> bytes{};
  while (true) {
    const auto size =
        ::pread(from.file.get(), bytes.data(), bytes.size(), static_cast<off_t>(from.position));
    if (size <= 0) return;
    from.position += static_cast<std::uint64_t>(size);
    const auto* at = bytes.data();
    const auto* const end = at + size;
    for (const auto* line_end = std::find(at, end, '\n'); line_end != end;
         at = line_end + 1, line_end = std::find(at, end, '\n')) {
      from.begun.append(at, line_end);
      lines.push_back(std::exchange(from.begun, {}));
    }
    from.begun.append(at, end);
  }
}

void followed_log::turn(part fresh, std::vector<std::string>& lines) {
  if (now_) read_on(*now_, lines);
  before_ = std::exchange(now_, std::move(fresh));
  before_until_ = clock::now() + turned_within;
}

/// What is whole among the last bytes.
void followed_log::read_last(part& from, std::vector<std::string>& lines) {
  const auto size = size_of(from.file);
  const bool cut = size > most_looked_at;
  if (cut) from.position = size - most_looked_at;
  std::vector<std::string> found;
  read_on(from, found);
  if (cut && !found.empty()) found.erase(found.begin());
  std::ranges::move(found, std::back_inserter(lines));
}

std::vector<std::string> followed_log::last(std::size_t count) {
  std::vector<std::string> lines;
  auto old = open_at(supervisor::old_log(file_));
  now_ = open_at(file_);
  if (old && (!now_ || !is_same(*old, *now_))) {
    read_last(*old, lines);
    before_ = std::move(old);
    before_until_ = clock::now() + turned_within;
  }
  if (now_) read_last(*now_, lines);
  if (lines.size() > count)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

std::vector<std::string> followed_log::more() {
  std::vector<std::string> lines;
  if (before_) read_on(*before_, lines);
  if (auto fresh = open_at(file_); fresh && (!now_ || !is_same(*now_, *fresh)))
    turn(std::move(*fresh), lines);
  if (before_ && clock::now() >= before_until_) {
    if (!before_->begun.empty()) lines.push_back(before_->begun);
    before_.reset();
  }
  if (now_) read_on(*now_, lines);
  return lines;
}

} // namespace squall::cli
