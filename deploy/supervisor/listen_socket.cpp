#include "deploy/supervisor/listen_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace squall::supervisor {

namespace asio = boost::asio;
using asio::ip::tcp;

descriptor listen_on(const std::string& address) {
  const auto place = proto::parse_endpoint(address);
  if (!place) throw std::runtime_error(address + " is not of the form HOST:PORT");
  asio::io_context context;
  try {
    tcp::resolver resolver(context);
    const auto found = resolver.resolve(place->host, std::to_string(place->port),
                                        tcp::resolver::passive | tcp::resolver::numeric_service);
    tcp::acceptor acceptor(context, found.begin()->endpoint(), true);
    const int number = acceptor.release();
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return descriptor(number);
  } catch (const boost::system::system_error& error) {
    const auto& code = error.code();
    std::string advice;
    if (code == asio::error::address_in_use)
      advice = "; stop what listens there (ss -ltnp shows it), or write another address into the "
               "manifest";
    throw std::runtime_error("cannot listen on " + address + ": " + code.message() + advice);
  }
}

proto::endpoint address_of(const descriptor& socket) {
  tcp::endpoint where;
  auto size = static_cast<socklen_t>(where.capacity());
  if (::getsockname(socket.get(), where.data(), &size) != 0)
    throw std::system_error(errno, std::generic_category(), "getsockname");
  where.resize(size);
  return {where.address().to_string(), where.port()};
}

std::uint64_t inode_of(const descriptor& socket) {
  struct stat now {};
  if (::fstat(socket.get(), &now) != 0)
    throw std::system_error(errno, std::generic_category(), "fstat");
  return now.st_ino;
}

} // namespace squall::supervisor
