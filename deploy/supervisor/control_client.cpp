#include "deploy/supervisor/control_client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <stdexcept>

namespace squall::supervisor {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

std::string next_line(asio::local::stream_protocol::socket& socket, std::string& buffer) {
  const auto size = asio::read_until(socket, asio::dynamic_buffer(buffer), '\n');
  auto line = buffer.substr(0, size - 1);
  buffer.erase(0, size);
  return line;
}

} // namespace

json ask_supervisor(const run_directory& place, const json& question,
                    const std::function<void(const std::string&)>& tell) {
  asio::io_context context;
  asio::local::stream_protocol::socket socket(context);
  try {
    socket.connect(place.control().string());
    asio::write(socket, asio::buffer(question.dump() + "\n"));
    std::string buffer;
    while (true) {
      auto answer = json::parse(next_line(socket, buffer));
      if (answer.contains("error")) throw std::runtime_error(answer["error"].get<std::string>());
      if (!answer.contains("line")) return answer;
      tell(answer["line"].get<std::string>());
    }
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("the supervisor of " + place.path().filename().string() +
                             " does not answer: " + error.code().message() +
                             "; its processes may run still, squall ps shows them");
  }
}

} // namespace squall::supervisor
