#pragma once

#include "tests/actors/queue/store_home.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace squall::tests {

inline actors::put_refusal refusal(const actors::put_outcome& outcome) {
  return std::get<actors::put_refusal>(outcome);
}

/// A store with a queue "q" and a clock that the test turns.
struct shelf {
  explicit shelf(store_kind kind, proto::queue_settings settings = {},
                 std::size_t max_bytes = 1 << 20)
      : home{kind}, items{home.open(max_bytes)} {
    items->define("q", settings);
  }

  std::filesystem::path file() const { return home.file(); }
  /// Ends the turn, and opens the store anew.
  void reopen() {
    items->commit();
    items.reset();
    items = home.open();
  }

  store_home home;
  std::unique_ptr<actors::store> items;
  actors::unix_ms now = 5'000;

  actors::put_outcome put(const std::vector<std::string>& bodies, std::uint8_t priority = 5,
                          const std::string& queue = "q") const {
    actors::store_put put{queue, {}};
    for (const auto& body : bodies)
      put.items.push_back({body, priority});
    return items->put({&put, 1}, now).at(0);
  }
  std::vector<proto::leased_item> lease(std::uint32_t most, std::uint32_t lease_ms = 0) const {
    const actors::store_lease ask{"q", most, lease_ms, false};
    return std::get<0>(items->lease({&ask, 1}, now).at(0));
  }
  /// Jobs in place of items.
  actors::put_outcome put_jobs(std::vector<proto::new_item> jobs, const std::string& queue = "q",
                               bool create = false) const {
    actors::store_put put{queue, std::move(jobs), create};
    return items->put({&put, 1}, now).at(0);
  }
  proto::job_view put_job(proto::job_options options, std::uint64_t delay_ms = 0,
                          const std::string& queue = "q") const {
    const auto done = put_jobs({{R"({"n":1})", 5, delay_ms, std::move(options)}}, queue);
    return std::get<std::vector<proto::job_view>>(done).at(0);
  }
  std::vector<proto::leased_item> lease_kinds(const std::vector<std::string>& kinds,
                                              std::uint32_t most = 1'000) const {
    const actors::store_lease ask{"q", most, 0, false, kinds};
    return std::get<0>(items->lease({&ask, 1}, now).at(0));
  }
  std::optional<actors::settled> settle(const actors::settlement& use) const {
    return items->settle({&use, 1}, now).at(0);
  }
  std::optional<actors::settled> ack(const std::string& lease, const std::string& result) const {
    actors::settlement use;
    use.lease = lease;
    use.result = result;
    use.worker = "w1";
    return settle(use);
  }
  std::optional<actors::settled> nack(const std::string& lease, bool no_more = false) const {
    actors::settlement use;
    use.what = actors::settling::nack;
    use.lease = lease;
    use.error = "no";
    use.worker = "w2";
    use.no_more = no_more;
    return settle(use);
  }
  std::optional<actors::settled> cancel(const proto::job_id& job) const {
    actors::settlement use;
    use.what = actors::settling::cancel;
    use.job = job;
    return settle(use);
  }
  /// Nothing when there is no such job.
  std::optional<proto::job_view> job(const proto::job_id& id) const {
    const auto found = items->look(actors::jobs_named{{&id, 1}}, now).jobs;
    return found.empty() ? std::nullopt : std::optional{found.at(0)};
  }
  actors::view list(const proto::job_filter& which) const { return items->look(which, now); }

  /// Leases all that is ready.
  std::vector<std::string> bodies() const {
    std::vector<std::string> out;
    for (const auto& item : lease(1'000))
      out.push_back(item.body);
    return out;
  }
  std::optional<actors::settled> use(actors::settling what, const std::string& lease,
                                     std::uint32_t delay_ms = 0, bool backoff = false,
                                     const std::string& error = "no") const {
    actors::settlement use;
    use.what = what;
    use.lease = lease;
    use.error = error;
    use.delay_ms = delay_ms;
    use.backoff = backoff;
    return items->settle({&use, 1}, now).at(0);
  }
  /// Those that were dead.
  std::vector<std::uint64_t> revive(const std::vector<std::uint64_t>& ids) const {
    std::vector<std::uint64_t> out;
    for (const auto id : ids) {
      actors::settlement use;
      use.what = actors::settling::revive;
      use.queue = "q";
      use.item = id;
      if (items->settle({&use, 1}, now).at(0)) out.push_back(id);
    }
    return out;
  }
  /// The leases that are void because of it.
  std::optional<std::vector<std::string>> remove(const std::string& queue) const {
    const auto gone = items->remove(queue, actors::removal::queue);
    return gone ? std::optional{gone->leases} : std::nullopt;
  }
  proto::queue_stats stats() const {
    return items->look(actors::books_of{"q", 0}, now).queues.at(0).stats;
  }
  std::vector<proto::dead_item> dead(std::uint32_t most = 100) const {
    return items->look(actors::books_of{"q", most}, now).queues.at(0).dead;
  }
};

} // namespace squall::tests
