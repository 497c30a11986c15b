#pragma once

#include "proto/kind_info.hpp"

#include <caf/meta/type_name.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace squall::proto {

/// Version of everything that gateways and workers say to each other. Raised by every change that
/// an older peer would not understand.
inline constexpr std::uint32_t protocol_version = 6;

/// Identity of one process from its start to its end: 128 random bits as 32 hex digits. CAF's own
/// node ids can collide in containers and come back after a restart; this one does neither.
using incarnation = std::string;

/// A new random incarnation id.
incarnation make_incarnation();

/// First word of a worker to a gateway. Its shape never changes, so that peers of any two versions
/// can tell each other which ones they are.
struct greeting {
  std::uint32_t protocol = 0;
  std::string software; ///< version of the program, for messages
  std::string name;     ///< the worker's

  friend bool operator==(const greeting&, const greeting&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, greeting& x) {
  return f(caf::meta::type_name("squall.greeting"), x.protocol, x.software, x.name);
}

/// One pool that a worker offers, when it joins and when its pools change.
struct pool_offer {
  kind_info kind;
  std::uint32_t slots = 0;  ///< calls that it runs at the same time
  std::uint32_t window = 0; ///< first grant, see `grant`

  friend bool operator==(const pool_offer&, const pool_offer&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pool_offer& x) {
  return f(caf::meta::type_name("squall.pool_offer"), x.kind, x.slots, x.window);
}

/// Who a worker is.
struct worker_info {
  std::string name;
  incarnation id;
  std::string host;
  std::uint32_t pid = 0;
  std::string software; ///< version of the program
  bool local = false;   ///< the gateway's own pools

  friend bool operator==(const worker_info&, const worker_info&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, worker_info& x) {
  return f(caf::meta::type_name("squall.worker_info"), x.name, x.id, x.host, x.pid, x.software,
           x.local);
}

/// State of one pool as its gateway sees it.
struct pool_status {
  std::string kind;
  std::uint32_t slots = 0;
  std::uint32_t window = 0;
  std::uint32_t in_flight = 0; ///< this gateway's calls that are there now
  std::uint64_t done = 0;      ///< answered with a result, for this gateway, since it joined
  std::uint64_t failed = 0;    ///< answered with an error

  friend bool operator==(const pool_status&, const pool_status&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pool_status& x) {
  return f(caf::meta::type_name("squall.pool_status"), x.kind, x.slots, x.window, x.in_flight,
           x.done, x.failed);
}

/// State of one worker as its gateway sees it.
struct worker_status {
  worker_info who;
  bool draining = false;
  std::uint64_t joined_ms = 0; ///< how long ago it joined
  std::vector<pool_status> pools;

  friend bool operator==(const worker_status&, const worker_status&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, worker_status& x) {
  return f(caf::meta::type_name("squall.worker_status"), x.who, x.draining, x.joined_ms, x.pools);
}

/// Upper bounds of the latency buckets, in microseconds; one more bucket holds what is above.
inline constexpr std::array<std::uint32_t, 16> latency_bounds_us{
    50,     100,    250,     500,     1'000,   2'500,     5'000,     10'000,
    25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000, 30'000'000};

/// A histogram of times.
struct latency_histogram {
  std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(latency_bounds_us.size() + 1);
  double sum_seconds = 0;

  void add(std::uint64_t us);
  friend bool operator==(const latency_histogram&, const latency_histogram&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, latency_histogram& x) {
  return f(caf::meta::type_name("squall.latency_histogram"), x.counts, x.sum_seconds);
}

/// How many calls ended in one way; `outcome` is "ok" or the error's name.
struct outcome_count {
  std::string outcome;
  std::uint64_t count = 0;

  friend bool operator==(const outcome_count&, const outcome_count&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, outcome_count& x) {
  return f(caf::meta::type_name("squall.outcome_count"), x.outcome, x.count);
}

/// What a gateway knows of one kind.
struct kind_status {
  kind_info info;
  std::uint32_t slots = 0;     ///< of all workers that offer it now
  std::uint32_t in_flight = 0; ///< at workers
  std::uint32_t waiting = 0;   ///< in the waiting line
  std::uint64_t redone = 0;    ///< calls given to another worker after theirs died
  std::vector<outcome_count> outcomes;
  latency_histogram waiting_time; ///< from arrival to answer, less the running time
  latency_histogram running_time; ///< as the worker measured it

  friend bool operator==(const kind_status&, const kind_status&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, kind_status& x) {
  return f(caf::meta::type_name("squall.kind_status"), x.info, x.slots, x.in_flight, x.waiting,
           x.redone, x.outcomes, x.waiting_time, x.running_time);
}

/// What a router knows: the gateway's cluster at one moment.
struct router_status {
  bool draining = false;
  std::vector<worker_status> workers; ///< in the order in which they joined
  std::vector<kind_status> kinds;     ///< every kind offered since the start, by name

  friend bool operator==(const router_status&, const router_status&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, router_status& x) {
  return f(caf::meta::type_name("squall.router_status"), x.draining, x.workers, x.kinds);
}

} // namespace squall::proto
