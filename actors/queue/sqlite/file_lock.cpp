#include "actors/queue/sqlite/file_lock.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace squall::actors {

file_lock::file_lock(const std::filesystem::path& file)
    : file_{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
  if (file_ < 0) throw std::system_error{errno, std::generic_category(), file.string()};
  held_ = ::flock(file_, LOCK_EX | LOCK_NB) == 0;
}

file_lock::~file_lock() {
  ::close(file_);
}

} // namespace squall::actors
