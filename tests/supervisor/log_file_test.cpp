#include "deploy/supervisor/log_file.hpp"

#include "deploy/supervisor/descriptor.hpp"
#include "deploy/supervisor/run_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string>
#include <thread>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

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

/// From now on link(2) fails in this thread, as on vfat.
bool forbid_links() {
  sock_filter rules[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
#ifdef SYS_link
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SYS_link},
#endif
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_linkat},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog program{std::size(rules), rules};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
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

TEST_CASE("where files cannot have two names, a full log changes all the same") {
  const squall::tests::scratch_folder folder;
  const output draining(folder.path() / "w-1.log");
  const output log(draining.file);
  bool forbidden = false;
  std::thread([&] {
    forbidden = forbid_links();
    for (const auto* text : {"one\n", "two\n"}) {
      log.write(text);
      log.look(4);
    }
  }).join();
  if (!forbidden) return; // the system has no such filters
  CHECK(text_of(old_log(log.file)) == "two\n");
  CHECK(text_of(log.file).empty());
  CHECK_FALSE(std::filesystem::exists(log.file.string() + ".new"));
  draining.look(4);
  draining.write("three\n");
  CHECK(text_of(log.file) == "three\n");
}

TEST_CASE("a log in memory is kept smaller, unless somebody has said how large it may become") {
  CHECK(usual_log_size("/proc/self/status") == 64u << 20);
  CHECK(usual_log_size("/there/is/none") == 64u << 20);
  struct statfs there {};
  if (::statfs("/dev/shm", &there) == 0 && there.f_type == TMPFS_MAGIC)
    CHECK(usual_log_size("/dev/shm") == 8u << 20);
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
