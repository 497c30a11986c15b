#include "gateway/lane.hpp"

#include "gateway/access/change_watch.hpp"
#include "gateway/bridge.hpp"
#include "gateway/http/cluster_json.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/session.hpp"
#include "gateway/http/upgrade.hpp"
#include "gateway/net/io_thread.hpp"
#include "gateway/prime_chat.hpp"
#include "gateway/rpc/session.hpp"
#include "gateway/spread.hpp"
#include "gateway/ws/echo.hpp"
#include "gateway/ws/session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace squall::gateway {
namespace {

/// Connections are numbered from here in each lane, so that a number is unique in the gateway.
constexpr unsigned lane_shift = 48;
/// Between two looks at whether tokens were replaced, or have expired.
constexpr std::chrono::milliseconds access_interval{250};

} // namespace

class lane::impl {
public:
  impl(std::size_t number, caf::actor_system& system, const proto::router_actor& router,
       const proto::broker_port& broker, const settings& limits, counters& counts,
       const http::gateway_identity& identity)
      : limits_{limits}, counts_{counts}, identity_{identity},
        loop_{limits, [this](link& link) { return http::make_session(link, context_); },
              std::uint64_t{number + 1} << lane_shift},
        bridge_{system, router, broker, way_to_loop()}, spread_{bridge_},
        context_{limits,
                 spread_,
                 bridge_.queues(),
                 counts,
                 identity,
                 [this](link& link, http::endpoint which, const http::upgrade_request& request) {
                   return upgrade(link, which, request);
                 }} {
    if (!bridge_.attach()) throw std::runtime_error{"the router takes no more io threads"};
  }

  ~impl() { stop(); }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  std::uint16_t listen(const proto::endpoint& where, bool share_port) {
    boost::asio::ip::tcp::resolver resolver{loop_.context()};
    const auto found = resolver.resolve(where.host, std::to_string(where.port),
                                        boost::asio::ip::resolver_base::passive);
    return loop_.listen(found.begin()->endpoint(), share_port).port();
  }

  void listen_at(int socket) { loop_.listen_at(socket); }

  void start() {
    if (limits_.tokens) {
      access_.emplace(*limits_.tokens, std::chrono::system_clock::now());
      watch_access();
    }
    thread_ = std::thread{[this] { loop_.run(); }};
  }

  void stop_accepting(std::function<void()> done) {
    boost::asio::post(loop_.context(), [this, done = std::move(done)] {
      loop_.stop_accepting();
      boost::asio::post(loop_.context(), done); // behind what was accepted already
    });
  }

  void drain(std::function<void()> begun, std::function<void()> drained) {
    boost::asio::post(loop_.context(),
                      [this, begun = std::move(begun), drained = std::move(drained)] {
                        bridge_.begin_drain();
                        loop_.drain(drained);
                        after(2, begun); // the loop's turn, then that of the bridge
                      });
  }

  void inspect(std::function<void(const proto::router_status&)> with) {
    boost::asio::post(loop_.context(), [this, with = std::move(with)] {
      bridge_.inspect(
          [with](const proto::router_status& now) {
            with(now);
            return std::string{};
          },
          nobody_, 0);
    });
  }

  void stop() {
    if (thread_.joinable()) {
      boost::asio::post(loop_.context(), [this] {
        loop_.close_all();
        boost::asio::post(loop_.context(), [this] { loop_.stop(); });
      });
      thread_.join();
    }
    bridge_.detach();
  }

private:
  /// Of answers that nobody waits for.
  struct no_sink final : answer_sink {
    void on_answer(std::uint64_t, proto::result&&) override {}
  };

  /// Runs `what` behind all that so many rounds of the loop bring along.
  void after(int rounds, std::function<void()> what) {
    boost::asio::post(loop_.context(), [this, rounds, what = std::move(what)] {
      if (rounds > 0)
        after(rounds - 1, what);
      else
        what();
    });
  }

  /// As long as the loop runs.
  void watch_access() {
    access_look_.expires_after(access_interval);
    access_look_.async_wait([this](boost::system::error_code ended) {
      if (ended) return;
      if (access_->has_changed(std::chrono::system_clock::now())) loop_.tell_access_changed();
      watch_access();
    });
  }

  bridge::loop way_to_loop() {
    return {
        [this](std::function<void()> work) { boost::asio::post(loop_.context(), std::move(work)); },
        [this](const std::function<void()>& work) {
          net::io_thread::turn turn{loop_};
          work();
        }};
  }

  std::unique_ptr<protocol> upgrade(link& link, http::endpoint which,
                                    const http::upgrade_request& request) {
    const bool echoes = which == http::endpoint::echo;
    const ws::session::limits limits{echoes ? limits_.max_echo_bytes : limits_.max_message_bytes,
                                     echoes ? limits_.max_echo_bytes : limits_.max_outbox_bytes};
    ws::codec::options options;
    options.max_message_bytes = limits.max_message_bytes;
    options.max_outbox_bytes = limits.max_outbox_bytes;
    options.deflate = limits_.deflate;
    options.server = "squall/" + identity_.version;
    options.request_id = request.request_id;
    options.subprotocol = request.subprotocol;
    return std::make_unique<ws::session>(link, limits_, limits, counts_, request.message, options,
                                         [this, which, who = request.who](ws::message_port& port) {
                                           return speak(which, port, who);
                                         });
  }

  std::unique_ptr<ws::dialect> speak(http::endpoint which, ws::message_port& port,
                                     const access::visitor& who) {
    switch (which) {
    case http::endpoint::prime:
      return std::make_unique<prime_chat>(port, spread_, who);
    case http::endpoint::echo:
      return std::make_unique<ws::echo>(port);
    case http::endpoint::json_rpc:
      break;
    }
    return std::make_unique<rpc::session>(
        port, spread_, bridge_.queues(),
        [this](const proto::router_status& now) {
          return http::cluster_json(now, identity_, counts_);
        },
        limits_.max_job_bytes, who);
  }

  const settings& limits_;
  counters& counts_;
  const http::gateway_identity& identity_;
  net::io_thread loop_;
  net::timer access_look_{loop_.context()};
  std::optional<access::change_watch> access_; ///< nothing: no token is needed
  bridge bridge_;
  spreading_dispatcher spread_;
  http::context context_;
  no_sink nobody_;
  std::thread thread_;
};

lane::lane(std::size_t number, caf::actor_system& system, const proto::router_actor& router,
           const proto::broker_port& broker, const settings& limits, counters& counts,
           const http::gateway_identity& identity)
    : impl_{std::make_unique<impl>(number, system, router, broker, limits, counts, identity)} {}
lane::~lane() = default;
std::uint16_t lane::listen(const proto::endpoint& where, bool share_port) {
  return impl_->listen(where, share_port);
}
void lane::listen_at(int socket) {
  impl_->listen_at(socket);
}
void lane::start() {
  impl_->start();
}
void lane::stop_accepting(std::function<void()> done) {
  impl_->stop_accepting(std::move(done));
}
void lane::drain(std::function<void()> begun, std::function<void()> drained) {
  impl_->drain(std::move(begun), std::move(drained));
}
void lane::inspect(std::function<void(const proto::router_status&)> with) {
  impl_->inspect(std::move(with));
}
void lane::stop() {
  impl_->stop();
}

} // namespace squall::gateway
