#pragma once

#include "proto/queue.hpp"

#include <cstdint>

namespace squall::gateway {

/// Gets the answers of requests to queues, on the io thread that made them.
class queue_sink {
public:
  /// The one answer of the request that was made with `tag`.
  virtual void on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) = 0;

protected:
  ~queue_sink() = default;
};

/// The way of an io thread to the queues. Never blocks; used on its io thread alone.
class queue_port {
public:
  using ticket = std::uint64_t; ///< never 0

  virtual ~queue_port() = default;

  /// Sends a request on its way; its `id` is set here. The answer comes in a later turn, exactly
  /// once, unless it is taken back. `sink` must live until then. Throws `std::length_error` when
  /// too many are open.
  virtual ticket ask(proto::queue_request request, queue_sink& sink, std::uint64_t tag) = 0;
  /// No answer is wanted any more. What it leased meanwhile goes back at once.
  virtual void take_back(ticket request) = 0;
  /// An item that was leased for a client could not be sent to it: goes back, uncounted.
  virtual void release(const proto::leased_item& item) = 0;
  /// All leases that were made with this `queue_request::holder` go back.
  virtual void end_holder(std::uint64_t holder) = 0;
};

} // namespace squall::gateway
