#pragma once

#include "proto/call.hpp"
#include "proto/cluster.hpp"
#include "proto/queue.hpp"
#include "proto/store_news.hpp"
#include "proto/submission.hpp"

#include <caf/actor.hpp>
#include <caf/typed_actor.hpp>

namespace squall::proto {

/// Asks for a `router_status`.
struct get_status {
  friend bool operator==(const get_status&, const get_status&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_status&) {
  return f(caf::meta::type_name("squall.get_status"));
}

/// To a router: let no worker in, finish the calls there are. To an agent: leave every gateway,
/// finish what it has. The answer comes when nothing is left, or when `within_ms` has passed: true
/// when everything was finished.
struct drain {
  std::uint32_t within_ms = 30'000;
  friend bool operator==(const drain&, const drain&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, drain& x) {
  return f(caf::meta::type_name("squall.drain"), x.within_ms);
}

/// From an agent that drains: give it no more calls. Its answers still come.
struct leave {
  std::uint64_t worker = 0;
  friend bool operator==(const leave&, const leave&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, leave& x) {
  return f(caf::meta::type_name("squall.leave"), x.worker);
}

/// From an agent whose pools have changed: all that it offers from now on. Calls of a kind that it
/// offers no more are answered or returned all the same. Answered when the router gives calls by
/// it.
struct offer_change {
  std::uint64_t worker = 0;
  std::vector<pool_offer> pools;
  friend bool operator==(const offer_change&, const offer_change&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, offer_change& x) {
  return f(caf::meta::type_name("squall.offer_change"), x.worker, x.pools);
}

/// Wakes an actor for its deadlines. Sent by itself to itself.
struct tick {
  friend bool operator==(const tick&, const tick&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tick&) {
  return f(caf::meta::type_name("squall.tick"));
}

/// Ends a turn of a broker. Sent by itself to itself.
struct end_turn {
  bool last = false; ///< the broker ends with it

  friend bool operator==(const end_turn&, const end_turn&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, end_turn& x) {
  return f(caf::meta::type_name("squall.end_turn"), x.last);
}

/// Takes calls from gateways, spreads them over the pools of its process, gathers the answers.
/// - `call_batch`: calls and cancellations of one turn of one gateway (the sender).
using agent_actor = caf::typed_actor<caf::reacts_to<call_batch>>;

/// An agent's request to work for a gateway.
struct join_request {
  worker_info who;
  std::vector<pool_offer> pools;
  agent_actor agent;
  friend bool operator==(const join_request&, const join_request&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, join_request& x) {
  return f(caf::meta::type_name("squall.join_request"), x.who, x.pools, x.agent);
}

/// What processes may ask of a gateway's queues.
/// - `queue_batch`: requests of one turn of the sender, which gets `queue_answers`. When the sender
///   ends, or its connection is lost, its leases go back at once.
using broker_port = caf::typed_actor<caf::reacts_to<queue_batch>>;

/// The gateway's answer. From now on it sends `call_batch` to the agent.
struct join_answer {
  std::uint64_t worker = 0; ///< the worker's number at this gateway
  incarnation gateway;
  broker_port broker; ///< of the gateway's queues; may be invalid
  friend bool operator==(const join_answer&, const join_answer&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, join_answer& x) {
  return f(caf::meta::type_name("squall.join_answer"), x.worker, x.gateway, x.broker);
}

/// What agents may say to a router; the part of a router that crosses processes.
/// - `join_request`: begin to work for it. Fails when the router drains.
/// - `result_batch`: answers, returned calls, grants and progress of one turn.
/// - `leave`: the worker drains.
/// - `offer_change`: it has other pools.
using router_port =
    caf::typed_actor<caf::replies_to<join_request>::with<join_answer>, caf::reacts_to<result_batch>,
                     caf::reacts_to<leave>, caf::reacts_to<offer_change>>;

/// The router of one gateway. Besides the port:
/// - `submit_batch`: calls and cancellations of one turn of a bridge.
/// - `caf::actor`: a bridge to attach; the router answers with its number (1 to 255), sends it
///   `answer_batch` and `kinds_changed`, and forgets it when it ends.
/// - `get_status`, `drain`: see there.
/// - `tick`: from itself.
using router_actor = router_port::extend<caf::reacts_to<submit_batch>,
                                         caf::replies_to<caf::actor>::with<std::uint8_t>,
                                         caf::replies_to<get_status>::with<router_status>,
                                         caf::replies_to<drain>::with<bool>, caf::reacts_to<tick>>;

/// The queues of one gateway: who waits for what, in front of a store. Besides the port:
/// - `drain`: nobody waits any more: leases are answered with nothing, puts and joins with
///   `unavailable`. What is asked later does not wait either. Answered when that is done.
/// - `store_news`: what other gateways did to the store.
/// - `tick`, `end_turn`: from itself.
using broker_actor =
    broker_port::extend<caf::replies_to<drain>::with<bool>, caf::reacts_to<store_news>,
                        caf::reacts_to<tick>, caf::reacts_to<end_turn>>;

/// Answer to a greeting. `accepted` is whether the two versions can work together; when not,
/// `reason` names both and `router` is empty.
struct welcome {
  bool accepted = false;
  std::uint32_t protocol = 0;
  std::string software;
  std::string reason;
  friend bool operator==(const welcome&, const welcome&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, welcome& x) {
  return f(caf::meta::type_name("squall.welcome"), x.accepted, x.protocol, x.software, x.reason);
}

/// Asks the door for the router, after an accepted greeting.
struct enter {
  friend bool operator==(const enter&, const enter&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, enter&) {
  return f(caf::meta::type_name("squall.enter"));
}

/// What a gateway publishes on its cluster port. `greeting` never changes between versions.
/// - `greeting`: are our versions compatible?
/// - `enter`: the router's port.
using door_actor = caf::typed_actor<caf::replies_to<greeting>::with<welcome>,
                                    caf::replies_to<enter>::with<router_port>>;

} // namespace squall::proto
