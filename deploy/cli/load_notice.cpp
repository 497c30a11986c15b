#include "deploy/cli/load_notice.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>

namespace squall::cli {

namespace {

using supervisor::kind_load;
using supervisor::queue_load;

/// Those with the most items: a report has to fit in a datagram.
constexpr std::size_t most_queues = 200;

std::uint64_t let_out(const proto::queue_stats& queue) {
  const auto& settings = queue.settings;
  if (settings.paused) return 0;
  auto most = queue.ready;
  if (settings.max_running > 0)
    most = std::min(most, settings.max_running -
                              std::min<std::uint64_t>(settings.max_running, queue.leased));
  if (settings.rate_count > 0) {
    const auto window_ms = std::max(1U, settings.rate_ms);
    most =
        std::min<std::uint64_t>(most, 1 + std::uint64_t{settings.rate_count} * 1'000 / window_ms);
  }
  return most;
}

kind_load load_of(const proto::kind_status& kind,
                  const std::vector<proto::worker_status>& workers) {
  kind_load load;
  load.kind = kind.info.name;
  load.slots = kind.slots;
  load.in_flight = kind.in_flight;
  load.waiting = kind.waiting;
  for (const auto count : kind.running_time.counts)
    load.ended += count;
  load.run_seconds = kind.running_time.sum_seconds;
  for (const auto& worker : workers)
    for (const auto& pool : worker.pools)
      if (!worker.draining && pool.kind == load.kind) {
        auto& offer = load.groups[std::string(supervisor::group_of(worker.who.name))];
        ++offer.workers;
        offer.slots += pool.slots;
      }
  return load;
}

std::string listener() {
  const auto* const socket = std::getenv("NOTIFY_SOCKET");
  const auto* const wanted = std::getenv(supervisor::load_variable);
  const bool is_wanted = socket != nullptr && wanted != nullptr && std::string(wanted) == "1";
  return is_wanted ? socket : "";
}

} // namespace

supervisor::load_report load_of(const proto::router_status& calls,
                                const std::vector<proto::queue_stats>& queues,
                                const std::vector<std::string>& job_queues) {
  supervisor::load_report report;
  for (const auto& kind : calls.kinds)
    report.kinds.push_back(load_of(kind, calls.workers));
  for (const auto& queue : queues) {
    const bool runs_jobs =
        queue.name == "default" || std::ranges::count(job_queues, queue.name) > 0;
    const queue_load load{queue.name, let_out(queue), queue.leased,
                          queue.total_acked + queue.total_nacked, runs_jobs};
    if (load.ready + load.leased > 0) report.queues.push_back(load);
  }
  std::ranges::stable_sort(report.queues, std::greater{},
                           [](const queue_load& each) { return each.ready + each.leased; });
  if (report.queues.size() > most_queues) report.queues.resize(most_queues);
  return report;
}

load_notice::load_notice() : socket_(listener()) {}

void load_notice::tell(const supervisor::load_report& report) const {
  const auto text = std::string(supervisor::load_variable) + "=" + supervisor::to_text(report);
  if (text.size() <= supervisor::most_report_bytes)
    socket_.send(text, std::chrono::milliseconds(0));
}

} // namespace squall::cli
