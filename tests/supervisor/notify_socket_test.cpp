#include "deploy/supervisor/notify_socket.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

using namespace squall::supervisor;

TEST_CASE("a notice is lines of names and values") {
  const auto values = parse_notice("READY=1\nSTATUS=2 of 2 = all\nodd\n");
  CHECK(values.size() == 2);
  CHECK(values.at("READY") == "1");
  CHECK(values.at("STATUS") == "2 of 2 = all");
  CHECK(parse_notice("").empty());
}

TEST_CASE("a notice comes with the process that sent it") {
  const squall::tests::scratch_folder folder;
  const auto path = folder.path() / "notify";
  const auto socket = open_notify_socket(path);
  CHECK_FALSE(receive_notice(socket.get()));
  const descriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const std::string text = "READY=1";
  REQUIRE(::sendto(sender.get(), text.data(), text.size(), 0,
                   reinterpret_cast<const sockaddr*>(&address), sizeof address) == 7);
  const auto heard = receive_notice(socket.get());
  REQUIRE(heard);
  CHECK(heard->from == ::getpid());
  CHECK(heard->values.at("READY") == "1");
}
