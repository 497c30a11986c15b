#pragma once

#include "actors/joiner.hpp"
#include "proto/endpoint.hpp"
#include "proto/system_config.hpp"
#include "workers/changed_work.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace squall::workers {

/// What a worker process tells whoever runs it. Called on threads of its own; must not block.
struct worker_observer {
  /// So many of the gateways that it knows have been joined. At each change, one at a time.
  std::function<void(std::size_t joined, std::size_t known)> membership;
  std::function<void()> alive;              ///< its agent and its event loop answer
  std::chrono::milliseconds alive_every{0}; ///< between two such looks; 0: none is wanted
};

/// What a worker process can be told.
struct worker_options {
  std::vector<proto::endpoint> gateways; ///< to join; every address of a name
  std::vector<pool_order> pools;
  std::vector<consume_order> consumes;
  std::string name; ///< empty: "HOST-PID"
  std::chrono::milliseconds drain{30'000};
  proto::cluster_tls tls;
  std::uint32_t protocol = proto::protocol_version; ///< to say when joining
  actors::join_timing timing;
  worker_observer told;
};

/// A worker: its actor system, its pools, and its membership at gateways. Runs from construction.
class worker_process {
public:
  /// Throws `std::invalid_argument` for a pool of an unknown kind.
  worker_process(worker_options options, const registry& kinds);

  /// Ends without draining, if `run` has not ended.
  ~worker_process();

  worker_process(const worker_process&) = delete;
  worker_process& operator=(const worker_process&) = delete;

  /// Does what `change` says until `stop` is called, then leaves all gateways, finishes the calls
  /// and the queues' items there are, and ends everything. Returns whether all were finished in
  /// time. When not, threads may still be computing and are left behind: the process should end by
  /// `std::_Exit`.
  bool run();

  /// Has `run` change what the worker offers and consumes, without leaving its gateways; see
  /// `crew::change`. `done` is called on `run`'s thread, with why it was refused, or with nothing.
  /// Of changes that wait only the last one is made; `done` of the others is not called. Nothing
  /// happens once `stop` was called. From any thread.
  void change(work_orders orders, std::function<void(const std::string& refused)> done);

  /// Has `run` return. From any thread and at any time, but not from a signal handler.
  void stop();

private:
  struct parts;
  struct wanted_change {
    work_orders orders;
    std::function<void(const std::string&)> done;
  };

  /// The next change; nothing: it is to stop.
  std::optional<wanted_change> wait();

  // They outlive `parts_`: `stop` may come late.
  std::mutex mutex_;
  std::condition_variable told_;
  std::optional<wanted_change> change_;
  bool stopped_ = false;
  std::unique_ptr<parts> parts_;
};

} // namespace squall::workers
