#include "gateway/queue/queue_json.hpp"

#include "gateway/jobs/job_json.hpp"
#include "gateway/queue/json_writing.hpp"
#include "gateway/queue/queue_rate.hpp"
#include "gateway/rpc/json_text.hpp"
#include "proto/schedule.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace squall::gateway {
namespace {

using proto::queue_op;

void append_rate(std::string& out, std::string_view name, double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed, 2);
  append_name(out, name).append(digits.data(), end.ptr);
}

/// Ids are strings: they have 64 bits, of which JavaScript's numbers keep 53.
void append_id(std::string& out, std::uint64_t id) {
  out.append("\"").append(std::to_string(id)).append("\"");
}

std::string_view order_name(proto::queue_order order) {
  switch (order) {
  case proto::queue_order::lifo:
    return "lifo";
  case proto::queue_order::priority:
    return "priority";
  case proto::queue_order::fifo:
    break;
  }
  return "fifo";
}

void append_stats(std::string& out, const proto::queue_stats& stats) {
  out += '{';
  rpc::append_quoted(append_name(out, "name"), stats.name);
  append_name(out, "order").append("\"").append(order_name(stats.settings.order)).append("\"");
  append_number(out, "maxsize", stats.settings.maxsize);
  append_number(out, "max_attempts", stats.settings.max_attempts);
  append_number(out, "lease_ms", stats.settings.lease_ms);
  append_number(out, "backoff_ms", stats.settings.backoff_ms);
  append_number(out, "backoff_cap_ms", stats.settings.backoff_cap_ms);
  append_number(out, "max_running", stats.settings.max_running);
  append_name(out, "rate").append("\"").append(rate_text(stats.settings)).append("\"");
  append_name(out, "paused") += stats.settings.paused ? "true" : "false";
  append_number(out, "ready", stats.ready);
  append_number(out, "delayed", stats.delayed);
  append_number(out, "leased", stats.leased);
  append_number(out, "dead", stats.dead);
  append_number(out, "done", stats.done);
  append_number(out, "cancelled", stats.cancelled);
  append_number(out, "unfinished", stats.unfinished);
  append_number(out, "getters", stats.getters);
  append_number(out, "putters", stats.putters);
  append_number(out, "joiners", stats.joiners);
  append_number(out, "oldest_ms", stats.oldest_ms);
  append_number(out, "bytes", stats.bytes);
  append_number(out, "total_put", stats.total_put);
  append_number(out, "total_leased", stats.total_leased);
  append_number(out, "total_acked", stats.total_acked);
  append_number(out, "total_nacked", stats.total_nacked);
  append_number(out, "total_expired", stats.total_expired);
  append_rate(out, "put_rate", stats.put_rate);
  append_rate(out, "ack_rate", stats.ack_rate);
  out += '}';
}

void append_leased(std::string& out, const proto::leased_item& item) {
  append_id(append_name(out += '{', "id"), item.id);
  rpc::append_quoted(append_name(out, "lease"), item.lease);
  append_name(out, "body") += item.body;
  append_number(out, "priority", item.priority);
  append_number(out, "attempt", item.attempt);
  append_number(out, "lease_ms", item.lease_ms);
  if (item.job) {
    append_name(out, "job").append("\"").append(to_text(item.job)).append("\"");
    rpc::append_quoted(append_name(out, "kind"), item.kind);
  }
  out += '}';
}

void append_dead(std::string& out, const proto::dead_item& item) {
  append_id(append_name(out += '{', "id"), item.id);
  append_name(out, "body") += item.body;
  append_number(out, "priority", item.priority);
  append_list(out, "attempts", item.attempts, append_attempt);
  out += '}';
}

} // namespace

std::string queue_answer_json(const proto::queue_answer& answer) {
  std::string out;
  switch (answer.op) {
  case queue_op::define:
  case queue_op::stats:
  case queue_op::pause:
  case queue_op::resume:
    if (!answer.stats.empty()) append_stats(out, answer.stats.front());
    return out;
  case queue_op::put:
  case queue_op::revive:
    append_list(out += '{', "ids", answer.ids, append_id);
    break;
  case queue_op::lease:
    if (answer.items.empty()) return out;
    append_list(out += '{', "items", answer.items, append_leased);
    break;
  case queue_op::extend:
    append_number(out += '{', "lease_ms", answer.lease_ms);
    break;
  case queue_op::dead:
    append_list(out += '{', "items", answer.dead, append_dead);
    break;
  case queue_op::purge:
    append_number(out += '{', "purged", answer.purged);
    break;
  case queue_op::job_get:
  case queue_op::job_cancel:
    return job_json(answer);
  case queue_op::job_list:
    return jobs_json(answer);
  case queue_op::remove:
  case queue_op::ack:
  case queue_op::nack:
  case queue_op::release:
  case queue_op::join:
    return out;
  }
  return out += '}';
}

std::string queue_list_json(const proto::queue_answer& answer) {
  std::string out = "{";
  auto queues = answer.stats;
  std::erase_if(queues, [](const auto& each) { return proto::is_reserved(each.name); });
  append_list(out, "queues", queues, append_stats);
  return out += '}';
}

} // namespace squall::gateway
