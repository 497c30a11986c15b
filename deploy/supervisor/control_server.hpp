#pragma once

#include "deploy/supervisor/supervisor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>

namespace squall::supervisor {

/// Answers the commands that ask a supervisor, see `ask_supervisor`: one question a connection, a
/// line of JSON each way, with lines of progress before the answer. Only the run directory's owner
/// reaches it. One thread; must outlive its executor's operations, as must what it was given.
class control_server {
public:
  /// \param stop ends all processes, tells how that goes, and then this process
  /// Throws `boost::system::system_error` when the socket cannot be made.
  control_server(boost::asio::any_io_executor executor, const run_directory& place,
                 supervisor& served,
                 std::function<boost::asio::awaitable<bool>(const reporter& tell)> stop);

private:
  using socket = boost::asio::local::stream_protocol::socket;

  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(std::shared_ptr<socket> peer);
  boost::asio::awaitable<nlohmann::json> answer(const nlohmann::json& question,
                                                const reporter& tell);
  boost::asio::awaitable<nlohmann::json> change(plan wanted, bool dry_run, const reporter& tell);

  boost::asio::any_io_executor executor_;
  supervisor& served_;
  std::function<boost::asio::awaitable<bool>(const reporter& tell)> stop_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

/// The processes as `squall ps --json` shows them.
nlohmann::json to_json(const std::vector<process_view>& processes);
/// Likewise the groups that scale themselves. What is not known is null.
nlohmann::json to_json(const std::vector<group_view>& groups);

} // namespace squall::supervisor
