#include "actors/queue/settlement_of.hpp"

#include <string>
#include <utility>

namespace squall::actors {

using proto::errc;
using proto::queue_op;

proto::queue_request settlement_of(held_lease& item, proto::result& result,
                                   std::size_t most_result_bytes) {
  proto::queue_request made;
  made.lease = std::move(item.lease);
  if (result.code == errc::none && !(item.job && result.body.size() > most_result_bytes)) {
    made.op = queue_op::ack;
    if (item.job) made.result = std::move(result.body);
    return made;
  }
  made.op = queue_op::nack;
  if (result.code == errc::none) {
    made.error = "the result has " + std::to_string(result.body.size()) + " bytes, more than the " +
                 std::to_string(most_result_bytes) + " that are kept";
    made.dead = true;
    return made;
  }
  made.error = std::string{proto::describe(result.code).name} + ": " + result.body;
  made.dead = result.code == errc::invalid_params || result.code == errc::unknown_kind;
  made.backoff = !made.dead && result.code != errc::worker_lost;
  return made;
}

} // namespace squall::actors
