#pragma once

#include "workers/fetch/engine.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace squall::workers::fetch {

/// One fetch: follows redirects, within one time for all of it. Kept alive by what is under way;
/// lives on the engine's loop.
class fetching : public std::enable_shared_from_this<fetching> {
public:
  /// `finished` is called once, in a later turn of the loop, unless `cancel` comes first.
  static std::shared_ptr<fetching> start(engine& on, request what, transfer::done finished);

  /// Use `start`.
  fetching(engine& on, request what, transfer::done finished);

  void cancel();

private:
  void begin();
  void next();
  void on_answer(result&& got);
  void follow(const answer& redirect);
  void finish(result&& got);

  engine& engine_;
  request request_;
  transfer::done finished_;
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::weak_ptr<transfer> current_;
  std::uint32_t redirects_ = 0;
};

} // namespace squall::workers::fetch
