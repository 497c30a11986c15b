#include "deploy/cli/line_sender.hpp"

#include "deploy/cli/line_source.hpp"
#include "deploy/cli/progress.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <semaphore>

#include <sys/stat.h>
#include <unistd.h>

namespace squall::cli {

namespace {

/// Size of stdin when it is a file, else 0.
std::uint64_t size_of_stdin() {
  struct stat info {};
  if (::fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

class line_sender {
public:
  explicit line_sender(const line_work& work)
      : work_(work), batch_(work.max_entries), source_(STDIN_FILENO, [this] { woken_.release(); }) {
  }

  line_counts run();

private:
  void take(const numbered_line& line);
  void send();
  progress now();

  const line_work& work_;
  const std::uint64_t total_bytes_ = size_of_stdin();
  entry_batch batch_;
  line_counts counts_;
  progress_bar bar_;
  std::counting_semaphore<> woken_{0};
  line_source source_;
};

line_counts line_sender::run() {
  while (!source_.ended()) {
    if (const auto line = source_.next()) {
      take(*line);
    } else if (!batch_.empty()) {
      send();
    } else {
      woken_.acquire();
    }
  }
  if (!batch_.empty()) send();
  if (work_.shows_progress) bar_.finish(now());
  return counts_;
}

void line_sender::take(const numbered_line& line) {
  if (!nlohmann::json::accept(line.text)) {
    ++counts_.bad;
    std::cerr << "error: line " << line.number << " is not valid JSON\n";
    return;
  }
  const auto entry = work_.entry(line);
  if (batch_.add(line.number, entry)) return;
  send();
  batch_.add(line.number, entry);
}

void line_sender::send() {
  try {
    work_.send(batch_.entries());
  } catch (const std::exception&) {
    if (work_.shows_progress) bar_.finish(now());
    std::cerr << "stopped: " << counts_.sent << ' ' << work_.done
              << "; the first that was not is that of line " << batch_.first_line() << '\n';
    throw;
  }
  counts_.sent += batch_.count();
  batch_.clear();
  if (work_.shows_progress) bar_.update(now());
}

progress line_sender::now() {
  return {counts_.sent + counts_.bad, counts_.bad, source_.bytes(), total_bytes_, {}};
}

} // namespace

line_counts send_lines(const line_work& work) {
  const auto counts = line_sender(work).run();
  if (counts.bad > 0) {
    std::cerr << "error: " << counts.bad << (counts.bad == 1 ? " line is" : " lines are")
              << " no JSON\n";
  }
  return counts;
}

} // namespace squall::cli
