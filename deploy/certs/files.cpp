#include "deploy/certs/files.hpp"

#include "deploy/certs/openssl.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace squall::certs {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw failure{what + " " + path.string() + ": " + std::generic_category().message(errno)};
}

/// A file beside the one that it will be; removed unless it became that.
class draft {
public:
  draft(const fs::path& target, const std::string& text, mode_t mode)
      : name_{target.string() + ".XXXXXX"} {
    const int file = ::mkstemp(name_.data()); // 0600
    if (file < 0) {
      name_.clear();
      fail("cannot write", target);
    }
    const auto written = ::write(file, text.data(), text.size());
    const bool done = written == static_cast<ssize_t>(text.size()) && ::fchmod(file, mode) == 0 &&
                      ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    if (done) return;
    ::unlink(name_.c_str());
    errno = reason;
    fail("cannot write", target);
  }
  ~draft() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  draft(const draft&) = delete;
  draft& operator=(const draft&) = delete;

  const char* name() const { return name_.c_str(); }
  void forget() { name_.clear(); }

private:
  std::string name_;
};

} // namespace

std::string read_file(const fs::path& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad() || fs::is_directory(path)) {
    if (errno == 0) errno = fs::is_directory(path) ? EISDIR : EIO;
    fail("cannot read", path);
  }
  return text;
}

void replace_file(const fs::path& path, const std::string& text, mode_t mode) {
  draft next{path, text, mode};
  if (std::rename(next.name(), path.c_str()) != 0) fail("cannot write", path);
  next.forget();
}

void create_file(const fs::path& path, const std::string& text, mode_t mode) {
  const draft next{path, text, mode};
  if (::link(next.name(), path.c_str()) != 0) fail("cannot make", path);
}

void make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return;
  if (errno != EEXIST || !fs::is_directory(path)) fail("cannot make the folder", path);
}

bool is_open_to_others(const fs::path& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

} // namespace squall::certs
