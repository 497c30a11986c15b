#pragma once

#include "deploy/cli/http_client.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace squall::cli {

class gateway_stream;

/// Asks a gateway in an event loop, one question at a time, each on a connection of its own. Used
/// on its executor's thread alone; must outlive what it was asked.
class http_asker {
public:
  http_asker(const boost::asio::any_io_executor& executor, url gateway);
  ~http_asker();

  /// Throws `tls_failure`, and other `boost::system::system_error`: `beast::error::timeout` when
  /// the answer is not there within `timeout`, `operation_aborted` after `cancel`.
  boost::asio::awaitable<http_answer> ask(http_question question,
                                          std::chrono::milliseconds timeout);

  /// Ends the question that is under way, and refuses those to come.
  void cancel();

private:
  const url gateway_;
  const std::unique_ptr<gateway_stream> stream_;
};

} // namespace squall::cli
