#pragma once

#include "gateway/dispatcher.hpp"
#include "gateway/spread_plan.hpp"

#include <memory>
#include <unordered_map>

namespace squall::gateway {

/// A dispatcher that parts calls with many elements (`proto::kind_info::spread_param`) into calls
/// of some of them each, so that all free slots of all workers share the work, and puts the answers
/// together. Everything else passes through. The first error, by the elements' order, is the
/// answer, and what has not run of the call then is never run. Io thread, as the dispatcher that it
/// wraps, which outlives it.
class spreading_dispatcher final : public dispatcher {
public:
  explicit spreading_dispatcher(dispatcher& inner);
  ~spreading_dispatcher() override;
  spreading_dispatcher(const spreading_dispatcher&) = delete;
  spreading_dispatcher& operator=(const spreading_dispatcher&) = delete;

  ticket submit(call_request request, answer_sink& sink, std::uint64_t tag) override;
  void cancel(ticket call) override;
  ticket inspect(renderer render, answer_sink& sink, std::uint64_t tag) override {
    return inner_.inspect(std::move(render), sink, tag);
  }
  const proto::kinds_changed& kinds() const noexcept override { return inner_.kinds(); }
  bool draining() const noexcept override { return inner_.draining(); }

private:
  class gathering;

  ticket refuse(proto::errc code, std::string why, answer_sink& sink, std::uint64_t tag);
  void finish(ticket whole);

  dispatcher& inner_;
  /// By the ticket of the first part, which is the ticket of the whole.
  std::unordered_map<ticket, std::unique_ptr<gathering>> open_;
};

} // namespace squall::gateway
