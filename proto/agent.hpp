#pragma once

#include "proto/interfaces.hpp"

#include <cstdint>

namespace squall::proto {

// What an agent, its slots and the joiners of its process say to each other. Never leaves the
// process; registered with the rest because CAF wants it so.

/// To an agent: work for the gateway behind this port.
struct link_request {
  router_port router;
  friend bool operator==(const link_request&, const link_request&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, link_request& x) {
  return f(caf::meta::type_name("squall.link_request"), x.router);
}

/// To an agent: answers wait to be collected in one of its pools.
struct pool_ready {
  std::uint32_t pool = 0; ///< index of the pool
  friend bool operator==(const pool_ready&, const pool_ready&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pool_ready& x) {
  return f(caf::meta::type_name("squall.pool_ready"), x.pool);
}

/// Gets word from the slots and handlers of pools that it owns: an agent, or consumers.
/// - `pool_ready`: see there.
using pool_owner_actor = caf::typed_actor<caf::reacts_to<pool_ready>>;

/// To consumers: a gateway was joined, whose queues are to be consumed too.
struct broker_found {
  incarnation gateway;
  broker_port broker;
  friend bool operator==(const broker_found&, const broker_found&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, broker_found& x) {
  return f(caf::meta::type_name("squall.broker_found"), x.gateway, x.broker);
}

/// Consumes one queue at every gateway that its process has joined, with one pool.
/// - `broker_found`: from the agent.
/// - `queue_answers`: from brokers.
/// - `pool_ready`: from slots and handlers of its pool.
/// - `drain`: lease nothing more, finish and ack what is held.
/// - `tick`: from itself.
using consumers_actor =
    pool_owner_actor::extend<caf::reacts_to<broker_found>, caf::reacts_to<queue_answers>,
                             caf::replies_to<drain>::with<bool>, caf::reacts_to<tick>>;

/// A pool as it is wanted.
struct pool_size {
  std::string kind;
  std::uint32_t slots = 0;
  friend bool operator==(const pool_size&, const pool_size&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pool_size& x) {
  return f(caf::meta::type_name("squall.pool_size"), x.kind, x.slots);
}

/// To an agent: what its process does from now on, and nothing else.
struct offer_order {
  std::vector<pool_size> pools; ///< no kind twice
  std::vector<consumers_actor> consumers;
  friend bool operator==(const offer_order&, const offer_order&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, offer_order& x) {
  return f(caf::meta::type_name("squall.offer_order"), x.pools, x.consumers);
}

/// Runs the jobs of a gateway's queues at the gateway's workers.
/// - `kinds_changed`, `answer_batch`: from the router, to which it is a bridge.
/// - `queue_answers`: from the broker.
/// - `drain`: lease nothing more, finish and settle what is held.
/// - `tick`: from itself.
using runner_actor = caf::typed_actor<caf::reacts_to<kinds_changed>, caf::reacts_to<answer_batch>,
                                      caf::reacts_to<queue_answers>,
                                      caf::replies_to<drain>::with<bool>, caf::reacts_to<tick>>;

/// To an idle slot: there are calls in the pool's queue.
struct slot_wake {
  friend bool operator==(const slot_wake&, const slot_wake&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, slot_wake&) {
  return f(caf::meta::type_name("squall.slot_wake"));
}

/// Runs calls of one CPU-bound pool, one after another.
/// - `slot_wake`: take calls until the queue is empty.
using slot_actor = caf::typed_actor<caf::reacts_to<slot_wake>>;

/// An agent, as its own process knows it. Besides what gateways say:
/// - `link_request`: join that gateway; answered when it has. A gateway that is joined already is
///   answered from memory. Fails when the gateway refuses, or while draining.
/// - `offer_order`: change its pools. Answered when every gateway that it has joined knows; false
///   when one has not said so in time. Fails while draining.
/// - `drain`: see there.
/// - `pool_ready`: from slots and from handlers.
/// - `tick`: from itself.
using local_agent_actor = agent_actor::extend<
    caf::replies_to<link_request>::with<join_answer>, caf::replies_to<offer_order>::with<bool>,
    caf::replies_to<drain>::with<bool>, caf::reacts_to<pool_ready>, caf::reacts_to<tick>>;

/// Keeps one process joined to the gateway at one address, for as long as it lives.
/// - `tick`: from itself.
using joiner_actor = caf::typed_actor<caf::reacts_to<tick>>;

/// To a membership: what a name resolves to now.
struct resolved {
  std::string name;                   ///< as it was given, "host:port"
  std::vector<std::string> addresses; ///< numeric; empty when the lookup failed
  friend bool operator==(const resolved&, const resolved&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, resolved& x) {
  return f(caf::meta::type_name("squall.resolved"), x.name, x.addresses);
}

/// Keeps one joiner for every address that the names of its gateways resolve to.
/// - `tick`: from itself: look the names up again.
/// - `resolved`: from its lookups.
using membership_actor = caf::typed_actor<caf::reacts_to<tick>, caf::reacts_to<resolved>>;

} // namespace squall::proto
