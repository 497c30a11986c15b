#include "gateway/queue/asker.hpp"

#include <stdexcept>
#include <utility>

namespace squall::gateway {

queue_port::ticket asker::ask(proto::queue_request request, queue_sink& sink, std::uint64_t tag) {
  request.id = open_.add({&sink, tag});
  if (request.id == 0) throw std::length_error{"too many open requests to queues"};
  const auto id = request.id;
  out_.requests.push_back(std::move(request));
  wake_();
  return id;
}

void asker::take_back(ticket request) {
  if (!open_.remove(request)) return;
  out_.cancelled.push_back(request);
  wake_();
}

void asker::release(const proto::leased_item& item) {
  auto& request = out_.requests.emplace_back();
  request.op = proto::queue_op::release;
  request.lease = item.lease;
  wake_();
}

void asker::end_holder(std::uint64_t holder) {
  out_.ended.push_back(holder);
  wake_();
}

void asker::give(proto::queue_answer&& answer) {
  if (auto who = open_.remove(answer.id))
    return who->sink->on_queue_answer(who->tag, std::move(answer));
  for (const auto& item : answer.items)
    release(item);
}

} // namespace squall::gateway
