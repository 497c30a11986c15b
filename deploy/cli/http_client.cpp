#include "deploy/cli/http_client.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_trust.hpp"
#include "deploy/cli/http_asker.hpp"
#include "deploy/cli/problem.hpp"
#include "deploy/cli/units.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/error.hpp>

#include <stdexcept>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace asio = boost::asio;

http_answer ask(const url& gateway, const http_question& question,
                std::chrono::milliseconds timeout) {
  try {
    asio::io_context context(1);
    http_asker asker(context.get_executor(), gateway);
    auto answer = asio::co_spawn(context, asker.ask(question, timeout), asio::use_future);
    context.run();
    return answer.get();
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::beast::error::timeout) {
      throw unreachable(gateway.origin(), "no answer within " + format_duration(timeout));
    }
    throw not_reached(gateway, error);
  }
}

std::string get_json(const url& gateway, const std::string& target,
                     std::chrono::milliseconds timeout) {
  auto answer = ask(gateway, {"GET", target, {}, {}}, timeout);
  if (answer.status == 401 || answer.status == 403) {
    throw std::runtime_error(describe_problem(answer));
  }
  if (answer.status != 200) {
    throw unreachable(gateway.origin(), "it answers " + target + " with HTTP status " +
                                            std::to_string(answer.status));
  }
  return std::move(answer.body);
}

} // namespace squall::cli
