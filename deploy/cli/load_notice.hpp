#pragma once

#include "deploy/cli/notice_socket.hpp"
#include "deploy/supervisor/load_report.hpp"
#include "proto/cluster.hpp"
#include "proto/queue.hpp"

#include <string>
#include <vector>

namespace squall::cli {

/// What a supervisor has to know of a gateway's load. Of queues only those that have something to
/// do, and of their items those that may be handed out within about a second: not what a pause or
/// a limit holds back, which no worker could change. Pure.
/// \param job_queues whose jobs the gateway has run, besides those of `default`
supervisor::load_report load_of(const proto::router_status& calls,
                                const std::vector<proto::queue_stats>& queues,
                                const std::vector<std::string>& job_queues);

/// Sends a gateway's load to the supervisor that started it and wants to know. One thread.
class load_notice {
public:
  load_notice();

  bool is_wanted() const noexcept { return socket_.is_wanted(); }
  /// Nothing is sent while the supervisor's socket is full: it is stopped, and a report that is old
  /// when it goes on is worth nothing. sd_notify(3) would wait.
  void tell(const supervisor::load_report& report) const;

private:
  notice_socket socket_;
};

} // namespace squall::cli
