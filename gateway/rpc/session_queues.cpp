#include "gateway/rpc/session.hpp"

#include "gateway/queue/queue_params.hpp"

#include <utility>

namespace squall::gateway::rpc {

void session::run_queue(const queue_method& method, const request& entry, const batch_ptr& group) {
  auto read = read_queue_request(method, entry.params, port_.connection());
  if (auto* const why = std::get_if<std::string>(&read))
    return fail(entry.id, group, proto::errc::invalid_params, std::move(*why));
  const auto bytes = entry.params.size() + entry.id.size();
  if (!admit(bytes, entry, group, begins_work(method.op))) return;
  auto& request = std::get<proto::queue_request>(read);
  const auto place = open_place(entry, group, bytes);
  auto& call = places_[place];
  call.method = &method;
  call.detached = request.holder == 0;
  if (method.op == proto::queue_op::lease && !call.detached) holds_ = true;
  call.ticket = queues_.ask(std::move(request), *this, place);
}

void session::on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) {
  const auto call = close_place(tag);
  const auto result = queue_result(*call.method, answer);
  watch_leases(call, std::move(answer.items));
  finish(call, result);
}

/// What was leased goes back when it is not sent: with the connection, or when nobody watches over
/// it there, by itself.
void session::watch_leases(const open_call& call, std::vector<proto::leased_item>&& items) {
  if (call.id.empty()) { // a notification: nobody is told of the items
    unsent_leases{queues_}.add(std::move(items));
  } else if (call.detached) {
    (call.group ? call.group->unsent : unsent_).add(std::move(items));
  }
}

void session::take_back(const open_call& call) {
  if (call.method)
    queues_.take_back(call.ticket);
  else
    calls_.cancel(call.ticket);
}

} // namespace squall::gateway::rpc
