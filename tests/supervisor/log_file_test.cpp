#include "deploy/supervisor/log_file.hpp"

#include "deploy/supervisor/descriptor.hpp"
#include "deploy/supervisor/run_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include <fcntl.h>

using namespace squall::supervisor;

namespace {

/// What a process writes to.
struct output {
  explicit output(std::filesystem::path path)
      : file(std::move(path)),
        to(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}

  void write(const std::string& text) const {
    REQUIRE(::write(to.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool look(std::uint64_t most_bytes) const {
    return rotate_log(file, most_bytes, std::array{to.get()});
  }

  std::filesystem::path file;
  descriptor to;
};

std::string text_of(const std::filesystem::path& file) {
  return read_file(file).value_or("(none)");
}

} // namespace

TEST_CASE("a log that is full gets another name, and a fresh one begins") {
  const squall::tests::scratch_folder folder;
  const output log(folder.path() / "w-1.log");
  log.write("one\n");
  CHECK_FALSE(log.look(5));
  log.write("two\n");
  CHECK(log.look(5));
  log.write("three\n");
  CHECK(text_of(old_log(log.file)) == "one\ntwo\n");
  CHECK(text_of(log.file) == "three\n");
  CHECK(log.look(5));
  CHECK(text_of(old_log(log.file)) == "three\n");
  CHECK(text_of(log.file).empty());
}

TEST_CASE("a process whose log another one has changed turns to the fresh one, too") {
  const squall::tests::scratch_folder folder;
  const output draining(folder.path() / "w-1.log");
  const output successor(draining.file);
  successor.write("much\n");
  CHECK(successor.look(5));
  draining.write("late\n");
  CHECK(draining.look(5));
  draining.write("now\n");
  CHECK(text_of(old_log(draining.file)) == "much\nlate\n");
  CHECK(text_of(draining.file) == "now\n");
}

TEST_CASE("a log that somebody has removed begins anew") {
  const squall::tests::scratch_folder folder;
  const output log(folder.path() / "w-1.log");
  std::filesystem::remove(log.file);
  CHECK(log.look(1'000));
  log.write("here\n");
  CHECK(text_of(log.file) == "here\n");
}

TEST_CASE("what is no file, or in no folder, stays as it is") {
  const squall::tests::scratch_folder folder;
  const descriptor nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  CHECK_FALSE(rotate_log(folder.path() / "w-1.log", 1, std::array{nothing.get()}));
  const output log(folder.path() / "w-2.log");
  log.write("text");
  CHECK_FALSE(rotate_log(folder.path() / "none" / "w-2.log", 1, std::array{log.to.get()}));
  log.write(" goes on");
  CHECK(text_of(log.file) == "text goes on");
}

TEST_CASE("no line is lost while others write") {
  const squall::tests::scratch_folder folder;
  const output log(folder.path() / "w-1.log");
  constexpr int count = 20'000;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < count; ++i) {
      const auto line = std::to_string(i) + "\n";
      if (::write(log.to.get(), line.data(), line.size()) < 0) break;
    }
    done = true;
  });
  std::string all;
  // Each old file is read before the next one takes its name.
  for (bool last = false; !last;) {
    last = done;
    if (log.look(1)) all += text_of(old_log(log.file));
  }
  writer.join();
  all += text_of(log.file);
  std::string wanted;
  for (int i = 0; i < count; ++i)
    wanted.append(std::to_string(i)).append("\n");
  CHECK(all == wanted);
}
