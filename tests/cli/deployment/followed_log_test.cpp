#include "deploy/cli/deployment/followed_log.hpp"

#include "deploy/supervisor/log_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <fstream>

using squall::cli::followed_log;
using squall::supervisor::old_log;
using lines = std::vector<std::string>;

namespace {

void add(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app) << text;
}

} // namespace

TEST_CASE("the last lines are those of the file before, too") {
  const squall::tests::scratch_folder folder;
  const auto file = folder.path() / "w-1.log";
  add(old_log(file), "one\ntwo\n");
  add(file, "three\nfou");
  followed_log log(file);
  CHECK(log.last(2) == lines{"two", "three"});
  CHECK(log.more().empty());
  add(file, "r\nfive\n");
  CHECK(log.more() == lines{"four", "five"});
}

TEST_CASE("lines are read on across a change of files, also those of one who turns late") {
  const squall::tests::scratch_folder folder;
  const auto file = folder.path() / "w-1.log";
  add(file, "one\n");
  followed_log log(file);
  CHECK(log.last(10) == lines{"one"});
  add(file, "two\n");
  std::filesystem::rename(file, old_log(file));
  add(file, "three\n");
  CHECK(log.more() == lines{"two", "three"});
  add(old_log(file), "late\n");
  add(file, "four\n");
  CHECK(log.more() == lines{"late", "four"});
}

TEST_CASE("of a large log, the last lines are whole") {
  const squall::tests::scratch_folder folder;
  const auto file = folder.path() / "w-1.log";
  const std::string long_line(1'000'000, 'x');
  for (int i = 0; i < 6; ++i)
    add(file, long_line + "\n");
  add(file, "end\n");
  const auto last = followed_log(file).last(100);
  CHECK(last == lines{long_line, long_line, long_line, long_line, "end"});
}

TEST_CASE("a log that is cut short, or not there yet, is read from its begin") {
  const squall::tests::scratch_folder folder;
  const auto file = folder.path() / "w-1.log";
  followed_log log(file);
  CHECK(log.last(10).empty());
  add(file, "one\ntwo\n");
  CHECK(log.more() == lines{"one", "two"});
  std::ofstream(file, std::ios::trunc) << "new\n";
  CHECK(log.more() == lines{"new"});
}
