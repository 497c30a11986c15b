#pragma once

#include "proto/store_report.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace squall::actors {

/// Whether the store behind a broker works. Written by the broker, read by any thread. Says in the
/// log when trouble begins and when it is over.
class store_health {
public:
  /// A turn of the store ended, after `took`. `trouble` is why it failed; empty: it did not.
  void turn_ended(const std::string& trouble, std::chrono::microseconds took);

  proto::store_report report() const;

private:
  mutable std::mutex mutex_;
  proto::store_report report_; ///< guarded by `mutex_`
};

} // namespace squall::actors
