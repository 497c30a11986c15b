#include "deploy/cli/passed_sockets.hpp"

#include "deploy/cli/exit_code.hpp"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cstring>
#include <string>

namespace squall::cli {

std::vector<int> take_passed_sockets() {
  const int count = ::sd_listen_fds(1);
  if (count < 0)
    throw misuse(std::string("LISTEN_FDS, LISTEN_PID: cannot be used: ") + std::strerror(-count));
  std::vector<int> sockets;
  for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count; ++fd) {
    if (::sd_is_socket_inet(fd, AF_UNSPEC, SOCK_STREAM, 1, 0) <= 0)
      throw misuse("LISTEN_FDS: descriptor " + std::to_string(fd) +
                   " is no TCP socket that listens; pass those of the client port alone "
                   "(ListenStream=HOST:PORT)");
    sockets.push_back(fd);
  }
  return sockets;
}

} // namespace squall::cli
