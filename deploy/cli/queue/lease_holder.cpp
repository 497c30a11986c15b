#include "deploy/cli/queue/lease_holder.hpp"

#include "deploy/cli/gateway_trust.hpp"
#include "deploy/cli/problem.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace squall::cli {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds between_tries{1'000};
constexpr milliseconds longest_try{10'000};

} // namespace

lease_holder::lease_holder(const asio::any_io_executor& executor, const url& gateway,
                           leased_item item, std::function<void()> on_lost)
    : executor_(executor), keeper_(executor, gateway), settler_(executor, gateway),
      timer_(executor), item_(std::move(item)), on_lost_(std::move(on_lost)),
      end_(clock::now() + item_.lease_time) {}

void lease_holder::hold() {
  asio::co_spawn(executor_, keep(), asio::detached);
}

asio::awaitable<void> lease_holder::keep() {
  const auto self = shared_from_this();
  auto time = item_.lease_time / 2;
  while (true) {
    co_await pause(time);
    if (settling_) co_return;
    const auto begun = clock::now();
    const auto body = R"({"lease_ms":)" + std::to_string(item_.lease_time.count()) + "}";
    const auto heard = co_await tell("extend", body);
    if (settling_) co_return;
    if (heard == outcome::heard) {
      end_ = begun + item_.lease_time;
      time = item_.lease_time / 2;
    } else if (heard == outcome::refused || clock::now() >= end_) {
      lose();
      co_return;
    } else {
      time = std::min(between_tries, item_.lease_time / 4);
    }
  }
}

asio::awaitable<bool> lease_holder::settle(std::string verb, std::string body) {
  const auto self = shared_from_this();
  settling_ = true;
  timer_.cancel();
  keeper_.cancel();
  while (!lost_) {
    const auto heard = co_await tell(verb, body);
    if (heard == outcome::heard) co_return true;
    if (heard == outcome::refused || clock::now() >= end_) break;
    co_await pause(std::min(between_tries, item_.lease_time / 4));
  }
  lost_ = true;
  co_return false;
}

/// `refused` is an answer that another try would not change.
asio::awaitable<lease_holder::outcome> lease_holder::tell(std::string verb, std::string body) {
  const auto self = shared_from_this();
  auto& asker = verb == "extend" ? keeper_ : settler_;
  try {
    const auto answer = co_await asker.ask(ask_lease(item_.lease, verb, body),
                                           std::min(longest_try, item_.lease_time));
    if (answer.status >= 200 && answer.status <= 299) co_return outcome::heard;
    if (answer.status >= 500) co_return outcome::away;
    spdlog::warn("item {}: {} was refused: {}", item_.id, verb, describe_problem(answer));
    co_return outcome::refused;
  } catch (const boost::system::system_error& error) {
    if (!settling_ || verb != "extend") {
      spdlog::warn("item {}: {} was not heard: {}", item_.id, verb, reason_of(error));
    }
    co_return outcome::away;
  }
}

asio::awaitable<void> lease_holder::pause(milliseconds time) {
  boost::system::error_code ended_early;
  timer_.expires_after(time);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended_early));
}

void lease_holder::lose() {
  lost_ = true;
  if (on_lost_) on_lost_();
}

} // namespace squall::cli
