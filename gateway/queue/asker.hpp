#pragma once

#include "gateway/open_table.hpp"
#include "gateway/queue/queue_port.hpp"

#include <functional>

namespace squall::gateway {

/// The requests to queues of one io thread: gathers those of one turn into one batch, and knows who
/// waits for which answer. Pure: its bridge carries batches to the broker, and answers back.
class asker final : public queue_port {
public:
  /// \param wake is called whenever there is something to send
  explicit asker(std::function<void()> wake) : wake_{std::move(wake)} {}

  ticket ask(proto::queue_request request, queue_sink& sink, std::uint64_t tag) override;
  void take_back(ticket request) override;
  void release(const proto::leased_item& item) override;
  void end_holder(std::uint64_t holder) override;

  /// What came together since the last time.
  proto::queue_batch take() { return std::exchange(out_, {}); }
  /// Hands an answer to who waits for it. What it leased for one who does not any more goes back.
  void give(proto::queue_answer&& answer);

private:
  std::function<void()> wake_;
  open_table<queue_sink> open_{1};
  proto::queue_batch out_;
};

} // namespace squall::gateway
