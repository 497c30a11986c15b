#include "deploy/cli/queue/consumer.hpp"

#include "actors/backoff.hpp"
#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_trust.hpp"
#include "deploy/cli/http_asker.hpp"
#include "deploy/cli/problem.hpp"
#include "deploy/cli/queue/api.hpp"
#include "deploy/cli/queue/child_process.hpp"
#include "deploy/cli/queue/lease_holder.hpp"
#include "deploy/cli/raw_json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds long_poll{30'000};
constexpr milliseconds short_poll{1'000}; ///< when it is to end at an empty queue
constexpr milliseconds first_pause{1'000};
constexpr milliseconds longest_pause{5'000};

/// One item at a time: what it asks, and what it runs.
struct slot {
  slot(const asio::any_io_executor& executor, const url& gateway)
      : asker(executor, gateway), timer(executor),
        pauses(first_pause, longest_pause, std::random_device()()) {}

  http_asker asker;
  asio::steady_timer timer;
  actors::backoff pauses;
  std::shared_ptr<child_process> command;
};

/// One run; everything happens in `consume`'s thread.
class consumer {
public:
  explicit consumer(const consume_options& options) : options_(options) {}

  consume_result run();

private:
  asio::awaitable<void> serve(slot& own);
  asio::awaitable<std::optional<leased_item>> lease(slot& own);
  asio::awaitable<void> wait_for_gateway(slot& own, std::string why);
  asio::awaitable<void> work(slot& own, leased_item item);
  asio::awaitable<void> settle(std::shared_ptr<lease_holder> holder, std::string id,
                               std::string error);
  std::shared_ptr<child_process> start(const leased_item& item);
  void watch_signals();
  void stop();
  void end_at_once();

  const consume_options options_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGINT, SIGTERM};
  std::vector<std::unique_ptr<slot>> slots_;
  std::size_t serving_ = 0; ///< slots whose loop has not ended
  std::size_t running_ = 0; ///< items that are worked at
  bool stopping_ = false;
  bool met_ = false;  ///< the gateway has had the queue
  bool away_ = false; ///< that the gateway is away was said
  consume_result result_;
  std::exception_ptr error_;
};

consume_result consumer::run() {
  watch_signals();
  for (std::size_t i = 0; i < options_.concurrency; ++i) {
    auto& own =
        *slots_.emplace_back(std::make_unique<slot>(context_.get_executor(), options_.gateway));
    ++serving_;
    asio::co_spawn(context_, serve(own), [this](const std::exception_ptr& error) {
      if (error && !error_) error_ = error;
      if (error) stop();
      if (--serving_ == 0) signals_.cancel();
    });
  }
  context_.run();
  if (error_) std::rethrow_exception(error_);
  return result_;
}

void consumer::watch_signals() {
  signals_.async_wait([this](const error_code& error, int) {
    if (error) return;
    if (stopping_) return end_at_once();
    spdlog::info("finishing what runs; a second signal ends it at once");
    stop();
    watch_signals();
  });
}

/// Leases nothing more; the slots end when what they run has.
void consumer::stop() {
  stopping_ = true;
  for (const auto& each : slots_) {
    each->asker.cancel();
    each->timer.cancel();
  }
}

void consumer::end_at_once() {
  for (const auto& each : slots_) {
    if (each->command) each->command->kill();
  }
  std::_Exit(EXIT_FAILURE);
}

asio::awaitable<void> consumer::serve(slot& own) {
  while (!stopping_) {
    auto item = co_await lease(own);
    if (item) {
      ++running_;
      co_await work(own, std::move(*item));
      --running_;
      if (options_.until == consume_until::once) stop();
    } else if (options_.until == consume_until::empty && running_ == 0 && !away_) {
      stop();
    }
  }
}

/// An item, or nothing when none came, or the gateway was away for a while.
asio::awaitable<std::optional<leased_item>> consumer::lease(slot& own) {
  const auto timeout = options_.until == consume_until::empty ? short_poll : long_poll;
  std::string why;
  try {
    const auto question = ask_items(options_.queue, timeout, 1, options_.lease);
    const auto answer = co_await own.asker.ask(question, timeout + answer_margin);
    if (answer.status == 200 || answer.status == 204) {
      if (std::exchange(away_, false)) spdlog::info("the gateway is back");
      met_ = true;
      own.pauses.reset();
      const auto items = items_of(answer.body);
      if (items.empty()) co_return std::nullopt;
      co_return read_leased(items.front());
    }
    why = describe_problem(answer);
    // A queue that is gone may come back, as a gateway that restarts has none of its queues.
    const bool passing = answer.status >= 500 || answer.status == 404;
    if (!met_ || !passing) throw std::runtime_error(why);
  } catch (const boost::system::system_error& error) {
    if (stopping_) co_return std::nullopt;
    why = reason_of(error);
    if (!met_) throw not_reached(options_.gateway, error);
  }
  co_await wait_for_gateway(own, why);
  co_return std::nullopt;
}

asio::awaitable<void> consumer::wait_for_gateway(slot& own, std::string why) {
  if (!std::exchange(away_, true)) spdlog::warn("{}; waiting until that is over", why);
  error_code ended_early;
  own.timer.expires_after(own.pauses.next());
  co_await own.timer.async_wait(asio::redirect_error(asio::use_awaitable, ended_early));
}

asio::awaitable<void> consumer::work(slot& own, leased_item item) {
  const auto on_lost = [&own] {
    if (own.command) own.command->terminate();
  };
  const auto holder =
      std::make_shared<lease_holder>(context_.get_executor(), options_.gateway, item, on_lost);
  std::string error;
  try {
    own.command = start(item);
  } catch (const std::system_error& failure) {
    error = std::string("the command cannot be started: ") + failure.what();
  }
  if (own.command) {
    holder->hold();
    const auto end = co_await own.command->finish(std::move(item.body) + "\n");
    own.command.reset();
    if (holder->lost()) {
      error = "the lease was lost";
    } else if (!end.succeeded()) {
      error = describe_end(end);
    }
  }
  co_await settle(holder, item.id, error);
}

/// Acks when there is no error.
asio::awaitable<void> consumer::settle(std::shared_ptr<lease_holder> holder, std::string id,
                                       std::string error) {
  const bool good = error.empty();
  const std::string verb = good ? "ack" : "nack";
  const auto body = good ? "" : R"({"backoff":true,"error":)" + json_string(error) + "}";
  if (!good) spdlog::warn("item {} failed: {}", id, error);
  const bool heard = co_await holder->settle(verb, body);
  if (!heard && good) spdlog::warn("item {} is done, but its lease was lost", id);
  ++(good && heard ? result_.done : result_.failed);
}

std::shared_ptr<child_process> consumer::start(const leased_item& item) {
  return child_process::start(context_.get_executor(), options_.command,
                              {{"SQUALL_ITEM_ID", item.id},
                               {"SQUALL_ATTEMPT", std::to_string(item.attempt)},
                               {"SQUALL_QUEUE", options_.queue}});
}

} // namespace

consume_result consume(const consume_options& options) {
  return consumer(options).run();
}

} // namespace squall::cli
