#include "actors/router_outbox.hpp"

#include <algorithm>
#include <utility>

namespace squall::actors {
namespace {

/// A batch is expected to be as long as the last one, but one long batch must not make every later
/// one dear.
constexpr std::size_t most_expected = 256;

} // namespace

proto::call_batch& router_outbox::to(router_worker& worker) {
  if (worker.mail_turn != turn_) {
    worker.mail_turn = turn_;
    worker.mail_position = mail_.calls.size();
    mail_.calls.push_back({worker.number, {}});
    mail_.calls.back().batch.calls.reserve(std::min(worker.mail_size, most_expected));
  }
  auto& batch = mail_.calls[worker.mail_position].batch;
  worker.mail_size = batch.calls.size() + 1;
  return batch;
}

proto::answer_batch& router_outbox::for_bridge_of(std::uint64_t call) {
  const auto bridge = static_cast<std::uint8_t>(call >> proto::bridge_shift);
  auto& position = bridge_mail_[bridge];
  if (position == 0) {
    mail_.answers.push_back({bridge, {}});
    mail_.answers.back().batch.results.reserve(std::min(expected_[bridge], most_expected));
    position = static_cast<std::uint32_t>(mail_.answers.size());
  }
  return mail_.answers[position - 1].batch;
}

void router_outbox::answer(proto::result&& result) {
  for_bridge_of(result.id).results.push_back(std::move(result));
}

void router_outbox::tell(proto::call_progress&& progress) {
  for_bridge_of(progress.id).progress.push_back(std::move(progress));
}

router_mail router_outbox::take() {
  for (const auto& each : mail_.answers) {
    bridge_mail_[each.bridge] = 0;
    expected_[each.bridge] = each.batch.results.size();
  }
  ++turn_;
  return std::exchange(mail_, {});
}

} // namespace squall::actors
