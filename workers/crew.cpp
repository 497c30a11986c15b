#include "workers/crew.hpp"

#include "actors/queue/consumers.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <future>
#include <memory>
#include <utility>

namespace squall::workers {
namespace {

using std::chrono::milliseconds;

proto::consumers_actor start_consumers(caf::actor_system& system, const consume_order& order,
                                       const std::string& worker, const registry& kinds,
                                       event_loop& loop) {
  auto pool = make_pool_spec(known_kind(order.kind, kinds), order.slots, loop);
  auto made = actors::consumers(system, {order.queue, std::move(pool), worker});
  spdlog::info("consumes the queue \"{}\" with the kind {}, {} at a time", order.queue, order.kind,
               order.slots);
  return made;
}

template <class Actor>
void end(caf::actor_system& system, const Actor& ended) {
  caf::scoped_actor self{system};
  self->send_exit(ended, caf::exit_reason::user_shutdown);
  self->wait_for(ended);
}

} // namespace

crew::crew(caf::actor_system& system, proto::worker_info who, const std::vector<pool_order>& pools,
           const std::vector<consume_order>& consumes, const registry& kinds)
    : system_{system} {
  actors::agent_options options;
  options.who = std::move(who);
  for (const auto& pool : pools)
    options.pools.push_back(make_pool_spec(known_kind(pool.kind, kinds), pool.slots, loop_));
  for (const auto& order : consumes)
    consumers_.push_back(start_consumers(system, order, options.who.name, kinds, loop_));
  options.consumers = consumers_;
  agent_ = actors::agent(system, std::move(options));
}

crew::~crew() {
  end(system_, agent_);
  for (const auto& each : consumers_)
    end(system_, each);
  loop_.stop();
}

bool crew::drain(milliseconds within) {
  return drain_all(within, true);
}

bool crew::drain_consumers(milliseconds within) {
  return drain_all(within, false);
}

bool crew::drain_all(milliseconds within, bool with_agent) {
  caf::scoped_actor self{system_};
  const proto::drain order{static_cast<std::uint32_t>(within.count())};
  std::vector<decltype(self->request(agent_, caf::infinite, order))> asked;
  for (const auto& each : consumers_)
    asked.push_back(self->request(each, caf::infinite, order));
  if (with_agent) asked.push_back(self->request(agent_, caf::infinite, order));
  bool finished = true;
  for (auto& each : asked)
    each.receive([&](bool all) { finished = finished && all; },
                 [&](const caf::error& why) {
                   spdlog::error("{}", system_.render(why));
                   finished = false;
                 });
  return finished;
}

bool crew::alive(milliseconds within) {
  auto turned = std::make_shared<std::promise<void>>();
  loop_.post([turned] { turned->set_value(); });
  return actors::alive(system_, agent_, within) &&
         turned->get_future().wait_for(within) == std::future_status::ready;
}

void crew::kill() {
  caf::anon_send_exit(agent_, caf::exit_reason::kill);
  for (const auto& each : consumers_)
    caf::anon_send_exit(each, caf::exit_reason::kill);
}

} // namespace squall::workers
