#include "workers/worker_process.hpp"

#include "actors/joiner_membership.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace squall::workers {
namespace {

proto::system_options system_for(const worker_options& options) {
  proto::system_options made;
  made.network = true;
  made.tls = options.tls;
  return made;
}

template <class Actor>
void end(caf::actor_system& system, Actor& ended) {
  if (!ended) return;
  caf::scoped_actor self{system};
  self->send_exit(ended, caf::exit_reason::user_shutdown);
  self->wait_for(ended);
  ended = nullptr;
}

} // namespace

struct worker_process::parts {
  parts(worker_options given, const registry& kinds)
      : options{std::move(given)}, config{system_for(options)}, system{config} {
    auto who = describe_process(options.name, false);
    proto::greeting hello{options.protocol, who.software, who.name};
    spdlog::info("worker \"{}\" (pid {}) starts", who.name, who.pid);
    agent = start_agent(system, std::move(who), options.pools, kinds, loop);
    membership = system.spawn(
        actors::membership,
        actors::membership_options{options.gateways, agent, std::move(hello), options.timing});
  }

  ~parts() {
    end(system, membership);
    end(system, agent);
    loop.stop();
  }

  bool drain() {
    end(system, membership);
    bool finished = false;
    caf::scoped_actor self{system};
    self->request(agent, caf::infinite,
                  proto::drain{static_cast<std::uint32_t>(options.drain.count())})
        .receive([&](bool all) { finished = all; },
                 [&](const caf::error& why) { spdlog::error("{}", system.render(why)); });
    return finished;
  }

  worker_options options;
  proto::system_config config;
  caf::actor_system system;
  event_loop loop;
  proto::local_agent_actor agent;
  proto::membership_actor membership;
};

worker_process::worker_process(worker_options options, const registry& kinds)
    : parts_{std::make_unique<parts>(std::move(options), kinds)} {}

worker_process::~worker_process() = default;

bool worker_process::run() {
  stopped_.acquire();
  if (parts_->drain()) {
    parts_.reset();
    return true;
  }
  // The actor system's end would wait for handlers that go on computing. Kept reachable, so that
  // nothing takes it for lost memory.
  static parts* abandoned = nullptr;
  abandoned = parts_.release();
  caf::anon_send_exit(abandoned->agent, caf::exit_reason::kill);
  return false;
}

void worker_process::stop() {
  stopped_.release();
}

} // namespace squall::workers
