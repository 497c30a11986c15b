#include "gateway/access/token_store.hpp"

#include "gateway/access/token_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace squall::gateway::access {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
  throw bad_tokens{file.string() + ": " + what + ": " + std::strerror(errno)};
}

void write_all(int descriptor, std::string_view text, const std::filesystem::path& file) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno != EINTR) fail(file, "cannot be written");
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  }
  if (::fsync(descriptor) != 0) fail(file, "cannot be written");
}

/// The file, opened and locked against others that change it.
class locked_file {
public:
  locked_file(std::filesystem::path path, int flags) : path_{std::move(path)} {
    for (;;) {
      descriptor_ = ::open(path_.c_str(), flags | O_CLOEXEC, 0600);
      if (descriptor_ < 0) fail(path_, "cannot be opened");
      if (::flock(descriptor_, LOCK_EX) != 0) fail(path_, "cannot be locked");
      if (is_current()) return;
      ::close(descriptor_); // another process has put a new file in its place
    }
  }
  ~locked_file() { ::close(descriptor_); }
  locked_file(const locked_file&) = delete;
  locked_file& operator=(const locked_file&) = delete;

  std::string read() const {
    std::string text;
    std::array<char, 4096> piece;
    for (;;) {
      const auto count = ::read(descriptor_, piece.data(), piece.size());
      if (count == 0) return text;
      if (count < 0 && errno != EINTR) fail(path_, "cannot be read");
      if (count > 0) text.append(piece.data(), static_cast<std::size_t>(count));
    }
  }
  void append(std::string_view text) const { write_all(descriptor_, text, path_); }

  /// In one step, with the rights of the old one.
  void replace(std::string_view text) const {
    struct stat old {};
    ::fstat(descriptor_, &old);
    auto name = path_.string() + ".XXXXXX";
    const int fresh = ::mkstemp(name.data());
    if (fresh < 0) fail(path_, "nothing can be written beside it");
    try {
      write_all(fresh, text, name);
      if (::fchmod(fresh, old.st_mode & 07777) != 0) fail(name, "its rights cannot be set");
      // Only root may give a file away; whoever else changes it owns it already.
      if (::fchown(fresh, old.st_uid, old.st_gid) != 0 && ::geteuid() == 0)
        fail(name, "cannot be given to the file's owner");
      if (::rename(name.c_str(), path_.c_str()) != 0) fail(path_, "cannot be replaced");
    } catch (...) {
      ::close(fresh);
      ::unlink(name.c_str());
      throw;
    }
    ::close(fresh);
  }

private:
  bool is_current() const {
    struct stat opened {};
    struct stat named {};
    return ::fstat(descriptor_, &opened) == 0 && ::stat(path_.c_str(), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
  }

  std::filesystem::path path_;
  int descriptor_ = -1;
};

std::string_view name_in(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.substr(0, line.find_first_of(" \t\r"));
}

} // namespace

std::string make_secret() {
  std::array<unsigned char, 33> bytes{}; // one more, so that there is no padding
  if (RAND_bytes(bytes.data(), 32) != 1) throw bad_tokens{"there is no good chance to be had"};
  std::array<unsigned char, 45> text{};
  EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  std::string secret = "sq_" + std::string(reinterpret_cast<const char*>(text.data()), 43);
  std::ranges::replace(secret, '+', '-');
  std::ranges::replace(secret, '/', '_');
  return secret;
}

void append_token(const std::filesystem::path& file, const token& what) {
  const locked_file opened{file, O_RDWR | O_CREAT | O_APPEND};
  const auto text = opened.read();
  for (const auto& each : read_tokens(text).tokens)
    if (each.name == what.name)
      throw bad_tokens{file.string() + ": there is a token " + what.name +
                       " already; take another name, or squall token rm it first"};
  const bool whole = text.empty() || text.ends_with('\n');
  opened.append((whole ? "" : "\n") + token_line(what));
}

void remove_token(const std::filesystem::path& file, std::string_view name) {
  const locked_file opened{file, O_RDONLY};
  const auto text = opened.read();
  std::string kept;
  bool found = false;
  for (std::string_view left = text; !left.empty();) {
    const auto size = std::min(left.find('\n'), left.size() - 1) + 1;
    const bool is_it = name_in(left.substr(0, size)) == name;
    if (!is_it) kept += left.substr(0, size);
    found = found || is_it;
    left.remove_prefix(size);
  }
  if (!found) throw bad_tokens{file.string() + ": there is no token " + std::string{name}};
  opened.replace(kept);
}

} // namespace squall::gateway::access
