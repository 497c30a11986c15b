#pragma once

#include "proto/messages.hpp"

#include <caf/actor_cast.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace squall::actors {

/// An agent's relation to one gateway.
struct agent_link {
  /// Its calls in one pool.
  struct share {
    std::uint32_t held = 0;   ///< calls that the agent got, and has not answered yet
    std::uint32_t window = 0; ///< as it was told last
  };

  /// Where the goodbye stands: the gateway is told before the last calls are finished, so that it
  /// sends no more, and again after them: when it has answered that, it has all results.
  enum class farewell { none, told, acknowledged, last_told, done };

  std::uint32_t id = 0; ///< never used again for another gateway
  proto::router_port router;
  bool joined = false;
  std::vector<share> shares; ///< by pool
  std::uint32_t offer = 0;   ///< which order's pools it was told of
  /// To be called when it has been told of the newest, or need not be any more.
  std::vector<std::function<void(bool told)>> offer_waiting;
  proto::result_batch out; ///< what this turn has for it; `worker` is set when it joined
  farewell leaving = farewell::none;
  std::vector<caf::typed_response_promise<proto::join_answer>> waiting; ///< until it has joined
  proto::join_answer answer;

  bool holds_calls() const {
    for (auto& share : shares)
      if (share.held != 0) return true;
    return false;
  }

  bool has_news() const {
    return !out.results.empty() || !out.returned.empty() || !out.grants.empty() ||
           !out.progress.empty();
  }
};

/// The gateways of one agent: a few, so that a vector is the quickest map. A gateway is told by
/// the identity of its handle, not by its address: after a lost connection the same router comes
/// back under the same address with a new handle, and has to be joined anew.
class link_table {
public:
  agent_link& add(const proto::router_port& router, std::size_t pools) {
    auto& link = links_.emplace_back();
    link.id = ++last_id_;
    link.router = router;
    link.shares.resize(pools);
    return link;
  }

  agent_link* find(std::uint32_t id) {
    for (auto& link : links_)
      if (link.id == id) return &link;
    return nullptr;
  }

  /// The gateway whose router has this control block.
  agent_link* find(const caf::actor_control_block* router) {
    for (auto& link : links_)
      if (caf::actor_cast<caf::actor_control_block*>(link.router) == router) return &link;
    return nullptr;
  }

  void remove(std::uint32_t id) {
    std::erase_if(links_, [&](const agent_link& link) { return link.id == id; });
  }

  std::size_t size() const { return links_.size(); }
  auto begin() { return links_.begin(); }
  auto end() { return links_.end(); }

private:
  std::vector<agent_link> links_;
  std::uint32_t last_id_ = 0;
};

} // namespace squall::actors
