#pragma once

#include "deploy/cli/http_asker.hpp"
#include "deploy/cli/queue/api.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace squall::cli {

/// Holds one item's lease while somebody works at it: extends it at half its time, and goes on
/// trying while the gateway is away, until the lease must have run out. Owned by the slot that
/// works and by its own operations; one thread.
class lease_holder : public std::enable_shared_from_this<lease_holder> {
public:
  /// `on_lost` is called when the lease is held no more, at most once, and never after `settle`.
  lease_holder(const boost::asio::any_io_executor& executor, const url& gateway, leased_item item,
               std::function<void()> on_lost);

  /// Begins to extend.
  void hold();
  /// Says `ack` or `nack` (with `body`) and ends. False when the lease was lost before it was
  /// heard.
  boost::asio::awaitable<bool> settle(std::string verb, std::string body);
  bool lost() const noexcept { return lost_; }

private:
  using clock = std::chrono::steady_clock;
  enum class outcome { heard, refused, away };

  boost::asio::awaitable<void> keep();
  boost::asio::awaitable<outcome> tell(std::string verb, std::string body);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
  void lose();

  const boost::asio::any_io_executor executor_;
  http_asker keeper_;
  http_asker settler_;
  boost::asio::steady_timer timer_;
  const leased_item item_;
  std::function<void()> on_lost_;
  clock::time_point end_; ///< when the lease runs out
  bool settling_ = false;
  bool lost_ = false;
};

} // namespace squall::cli
