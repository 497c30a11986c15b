#include "deploy/cli/flags.hpp"
#include "deploy/cli/line_source.hpp"
#include "deploy/cli/process_setup.hpp"
#include "deploy/cli/progress.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/commands.hpp"
#include "deploy/cli/queue/item_batch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <semaphore>

#include <sys/stat.h>
#include <unistd.h>

namespace squall::cli {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* footer = R"(Examples
  squall queue put jobs '{"n": "97"}' --priority 9
  squall queue put jobs '"later"' --delay 5m
  seq 1 100000 | squall queue put jobs -)";

struct put_flags : queue_flags {
  item_options item;
  milliseconds timeout{30'000};
};

/// Size of stdin when it is a file, else 0.
std::uint64_t size_of_stdin() {
  struct stat info {};
  if (::fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

/// Items of one request: of a bounded queue, half of what it takes, so that a request neither can
/// never be taken nor waits until the queue is empty.
std::size_t batch_size(const url& gateway, const std::string& queue) {
  const auto answer = ask_queue(gateway, {"GET", queue_path(queue), {}, {}});
  const auto stats = json::parse(answer.body, nullptr, false);
  const std::size_t maxsize = stats.is_object() ? stats.value("maxsize", 0U) : 0;
  if (maxsize == 0) return item_batch::most_items;
  return std::clamp<std::size_t>(maxsize / 2, 1, item_batch::most_items);
}

/// Puts the lines of stdin, as many in one request as are there already.
class line_putter {
public:
  explicit line_putter(const put_flags& flags)
      : flags_(flags), gateway_(parse_url(flags.url)),
        batch_(flags.item, batch_size(gateway_, flags.queue)),
        source_(STDIN_FILENO, [this] { woken_.release(); }) {}

  exit_code run();

private:
  void take(const numbered_line& line);
  void send();
  progress now();

  const put_flags& flags_;
  const url gateway_;
  const std::uint64_t total_bytes_ = size_of_stdin();
  item_batch batch_;
  std::uint64_t put_ = 0;
  std::uint64_t bad_ = 0;
  progress_bar bar_;
  std::counting_semaphore<> woken_{0};
  line_source source_;
};

exit_code line_putter::run() {
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
  bar_.finish(now());
  std::cout << put_ << (put_ == 1 ? " item put" : " items put") << std::endl;
  if (bad_ == 0) return exit_code::done;
  std::cerr << "error: " << bad_ << (bad_ == 1 ? " line is" : " lines are") << " no JSON\n";
  return exit_code::failed;
}

void line_putter::take(const numbered_line& line) {
  if (!json::accept(line.text)) {
    ++bad_;
    std::cerr << "error: line " << line.number << " is not valid JSON\n";
  } else if (!batch_.add(line)) {
    send();
    batch_.add(line);
  }
}

void line_putter::send() {
  try {
    ask_queue(gateway_, put_items(flags_.queue, batch_.entries(), flags_.timeout), flags_.timeout);
  } catch (const std::exception&) {
    bar_.finish(now());
    std::cerr << "stopped: " << put_ << " items were put; the first that was not is that of line "
              << batch_.first_line() << '\n';
    throw;
  }
  put_ += batch_.count();
  batch_.clear();
  bar_.update(now());
}

progress line_putter::now() {
  return {put_ + bad_, bad_, source_.bytes(), total_bytes_, {}};
}

/// All items, or none. Prints their ids.
exit_code put_arguments(const put_flags& flags, const std::vector<std::string>& items) {
  std::string entries;
  for (const auto& item : items) {
    if (!json::accept(item)) throw misuse("ITEM: '" + item + "' is not valid JSON");
    if (!entries.empty()) entries += ',';
    entries += item_entry(item, flags.item);
  }
  const auto question = put_items(flags.queue, entries, flags.timeout);
  const auto answer = ask_queue(parse_url(flags.url), question, flags.timeout);
  const auto document = json::parse(answer.body, nullptr, false);
  if (document.is_object()) {
    for (const auto& id : document.value("ids", std::vector<std::string>{}))
      std::cout << id << '\n';
  }
  std::cout << std::flush;
  return exit_code::done;
}

exit_code run(const put_flags& flags, const std::vector<std::string>& items) {
  queue_path(flags.queue); // before anything is read
  if (items.empty()) throw misuse("ITEM: give at least one, or - for stdin");
  if (items.size() > item_batch::most_items) throw misuse("ITEM: at most 1,000; use - for more");
  ignore_broken_pipes();
  if (items == std::vector<std::string>{"-"}) return line_putter(flags).run();
  return put_arguments(flags, items);
}

} // namespace

command add_queue_put(CLI::App& queue) {
  auto flags = std::make_shared<put_flags>();
  auto* app = add_queue_leaf(queue, "put",
                             "Put items, all or none, and print their ids. Behind the queue's name "
                             "stand items, as JSON text; or - alone: one a line from stdin",
                             *flags, true, footer);
  // What CLI11 does not know is an item, as it stands: bound to a variable, '[1,2]' would be two of
  // them, '{}' none, and -5 a flag.
  app->allow_extras();
  app->add_option("--priority", flags->item.priority, "9 goes first, in queues of order priority")
      ->check(CLI::Range(0, 9));
  add_duration(*app, "--delay", flags->item.delay, "before they are ready for the first time");
  add_duration(*app, "--timeout", flags->timeout, "how long to wait for room; 0: not at all");
  return {app, [flags, app] { return run(*flags, app->remaining()); }};
}

} // namespace squall::cli
