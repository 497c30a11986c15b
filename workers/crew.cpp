#include "workers/crew.hpp"

#include "actors/queue/consumers.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

namespace squall::workers {
namespace {

using std::chrono::milliseconds;

/// For what is not hurried.
constexpr std::chrono::hours a_day{24};

template <class Actor>
void end(caf::actor_system& system, const Actor& ended) {
  caf::scoped_actor self{system};
  self->send_exit(ended, caf::exit_reason::user_shutdown);
  self->wait_for(ended);
}

} // namespace

crew::crew(caf::actor_system& system, proto::worker_info who, const std::vector<pool_order>& pools,
           const std::vector<consume_order>& consumes, const registry& kinds)
    : system_{system}, kinds_{kinds}, name_{who.name} {
  actors::agent_options options;
  options.who = std::move(who);
  options.spec_of = [this](const std::string& kind, std::uint32_t slots) {
    return make_pool_spec(known_kind(kind, kinds_), slots, loop_);
  };
  for (const auto& pool : pools)
    options.pools.push_back(make_pool_spec(known_kind(pool.kind, kinds), pool.slots, loop_));
  for (const auto& order : consumes)
    consumers_.push_back(start(order));
  for (const auto& each : consumers_)
    options.consumers.push_back(each.by);
  agent_ = actors::agent(system, std::move(options));
}

crew::~crew() {
  end(system_, agent_);
  for (const auto& each : consumers_)
    end(system_, each.by);
  for (const auto& each : leaving_)
    end(system_, each.who);
  loop_.stop();
}

crew::consuming crew::start(const consume_order& order) {
  auto pool = make_pool_spec(known_kind(order.kind, kinds_), order.slots, loop_);
  auto made = actors::consumers(system_, {order.queue, std::move(pool), name_});
  spdlog::info("consumes the queue \"{}\" with the kind {}, {} at a time", order.queue, order.kind,
               order.slots);
  return {order, std::move(made)};
}

bool crew::change(const std::vector<pool_order>& pools,
                  const std::vector<consume_order>& consumes) {
  proto::offer_order offer;
  for (const auto& [kind, slots] : pools)
    offer.pools.push_back({known_kind(kind, kinds_).info.name, slots});
  for (const auto& each : consumes)
    static_cast<void>(known_kind(each.kind, kinds_));
  std::vector<consuming> next;
  for (const auto& order : consumes) {
    const auto same = std::ranges::find(consumers_, order, &consuming::order);
    next.push_back(same == consumers_.end() ? start(order) : *same);
    offer.consumers.push_back(next.back().by);
  }
  std::erase_if(leaving_, [](const leaving& each) { return each.ended->load(); });
  for (const auto& each : consumers_)
    if (std::ranges::find(next, each.by, &consuming::by) == next.end()) see_off(each);
  consumers_ = std::move(next);
  caf::scoped_actor self{system_};
  bool all = false;
  self->request(agent_, caf::infinite, offer)
      .receive([&](bool told) { all = told; },
               [&](const caf::error& why) { throw std::runtime_error{system_.render(why)}; });
  return all;
}

/// They lease nothing more, and end what they have; only the end of the process hurries them.
void crew::see_off(const consuming& which) {
  auto ended = std::make_shared<std::atomic<bool>>(false);
  leaving_.push_back({which.by, ended});
  const proto::drain order{static_cast<std::uint32_t>(milliseconds{a_day}.count())};
  system_.spawn([who = which.by, order, ended](caf::event_based_actor* self) {
    const auto end = [self, who, ended] {
      self->send_exit(who, caf::exit_reason::user_shutdown);
      *ended = true;
    };
    self->request(who, caf::infinite, order)
        .then([end](bool) { end(); }, [end](const caf::error&) { end(); });
  });
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
  std::vector<decltype(self->request(agent_, caf::infinite, order))> asked_leaving;
  std::erase_if(leaving_, [](const leaving& each) { return each.ended->load(); });
  for (const auto& each : leaving_)
    asked_leaving.push_back(self->request(each.who, caf::infinite, order));
  for (const auto& each : consumers_)
    asked.push_back(self->request(each.by, caf::infinite, order));
  if (with_agent) asked.push_back(self->request(agent_, caf::infinite, order));
  bool finished = true;
  for (auto& each : asked)
    each.receive([&](bool all) { finished = finished && all; },
                 [&](const caf::error& why) {
                   spdlog::error("{}", system_.render(why));
                   finished = false;
                 });
  for (auto& each : asked_leaving)
    each.receive([&](bool all) { finished = finished && all; },
                 [](const caf::error&) {}); // it has ended meanwhile
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
    caf::anon_send_exit(each.by, caf::exit_reason::kill);
  for (const auto& each : leaving_)
    caf::anon_send_exit(each.who, caf::exit_reason::kill);
}

} // namespace squall::workers
