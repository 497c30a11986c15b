#pragma once

#include "gateway/lane.hpp"
#include "gateway/observer.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace squall::gateway {

/// Looks every now and then whether a gateway is alive: asks the router through each io thread, and
/// tells its observer when all have answered. While one of them hangs, it tells nothing. Has a
/// thread of its own, from construction to destruction.
class pulse {
public:
  /// `lanes` run, and do so until this has ended. `about` begins what is said of the gateway.
  pulse(const std::vector<std::unique_ptr<lane>>& lanes, observer told, std::string about);

private:
  struct round;

  void run(const std::stop_token& stop);
  std::shared_ptr<round> ask() const;

  std::vector<lane*> lanes_;
  observer told_;
  std::string about_;
  std::jthread thread_; ///< last: it uses the others
};

} // namespace squall::gateway
