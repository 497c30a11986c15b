#include "gateway/rpc/session.hpp"

#include "gateway/rpc/call_params.hpp"
#include "gateway/rpc/json_text.hpp"
#include "gateway/rpc/response.hpp"
#include "proto/json_cursor.hpp"

#include <spdlog/spdlog.h>

#include <iterator>
#include <utility>

namespace squall::gateway::rpc {

namespace {

using proto::errc;

constexpr std::string_view null_id = "null";
/// A long answer's memory is not kept for the connection's life.
constexpr std::size_t kept_scratch = 4 * 1024;
/// Most bytes of a client's or a kind's text in one line of the log.
constexpr std::size_t logged_bytes = 512;

proto::result success(std::string body) {
  proto::result answer;
  answer.body = std::move(body);
  return answer;
}

} // namespace

session::session(ws::message_port& port, dispatcher& calls, queue_port& queues,
                 dispatcher::renderer status, std::size_t max_job_bytes, const access::visitor& who)
    : port_{port}, calls_{calls}, queues_{queues}, status_{std::move(status)},
      max_job_bytes_{max_job_bytes}, who_{who}, unsent_{queues} {}

session::~session() {
  for (const auto& call : places_)
    if (call.ticket != 0) take_back(call);
  if (holds_) queues_.end_holder(port_.connection());
}

void session::on_message(std::string_view text, bool is_text) {
  // Parts of the message go back in text frames, which must be UTF-8.
  if (!is_text && !is_utf8(text)) {
    fail(null_id, nullptr, errc::parse_error, "a binary message must be JSON in UTF-8");
    return;
  }
  auto message = read_message(text);
  if (!message.parse_error.empty())
    fail(null_id, nullptr, errc::parse_error, std::move(message.parse_error));
  else if (!message.fault.empty())
    fail(null_id, nullptr, errc::invalid_request, std::string(message.fault));
  else if (message.is_batch)
    run_batch(message.batch);
  else
    run(message.single, nullptr);
  if (open_ == 0) port_.answered();
}

void session::on_drain() {
  draining_ = true;
  if (watches_) watches_->drain();
}

void session::on_sent() {
  unsent_.sent();
  if (watches_) watches_->catch_up();
}

void session::run_batch(const std::vector<request>& entries) {
  auto group = std::make_shared<batch>(queues_);
  group->waiting = 1; // while it is read, so that answers at once don't end it
  for (const auto& entry : entries)
    run(entry, group);
  release(group);
}

void session::run(const request& entry, const batch_ptr& group) {
  if (!entry.fault.empty())
    return fail(null_id, group, errc::invalid_request, std::string(entry.fault));
  std::string decoded;
  const auto method = unquoted(entry.method, decoded);
  if (method == "ping") return reply(entry.id, group, success("\"pong\""));
  if (method == "authenticate") return run_authenticate(entry, group);
  if (!is_let_in(entry, group)) return;
  if (method == "call") return run_call(entry, group);
  if (method == "cancel") return run_cancel(entry, group);
  if (method == "status") return inspect(entry, group);
  if (const auto* const of_queues = find_queue_method(method))
    return run_queue(*of_queues, entry, group);
  run_kind(method, entry, group);
}

void session::run_kind(std::string_view kind, const request& entry, const batch_ptr& group) {
  if (!may({access::area::call, kind}, entry, group)) return;
  if (calls_.find_kind(kind) == nullptr)
    return fail(entry.id, group, errc::unknown_kind,
                "no method " + shortened(kind) + "; there are " +
                    (is_of_queues(kind) ? queue_method_names(kind) : known_methods()));
  call_request work;
  work.kind = kind;
  work.params = entry.params.empty() ? "{}" : entry.params;
  submit(std::move(work), entry, group);
}

void session::run_call(const request& entry, const batch_ptr& group) {
  auto work = read_call_params(entry.params);
  if (auto* const why = std::get_if<std::string>(&work))
    return fail(entry.id, group, errc::invalid_params, std::move(*why));
  auto& call = std::get<call_request>(work);
  if (!may({access::area::call, call.kind}, entry, group)) return;
  if (calls_.find_kind(call.kind) == nullptr)
    return fail(entry.id, group, errc::unknown_kind,
                "no kind " + shortened(call.kind) + "; there are " + known_methods());
  submit(std::move(call), entry, group);
}

void session::run_cancel(const request& entry, const batch_ptr& group) {
  std::string_view id;
  proto::json_cursor cursor{entry.params};
  cursor.members([&id](std::string_view key, std::string_view value) {
    if (key == "\"id\"") id = value;
    return true;
  });
  if (id.empty())
    return fail(entry.id, group, errc::invalid_params,
                "id: the id of an open request of this connection is needed");
  reply(entry.id, group,
        success(cancel_newest(id) ? R"({"cancelled":true})" : R"({"cancelled":false})"));
}

bool session::cancel_newest(std::string_view id) {
  index_calls();
  const auto behind = by_id_.upper_bound({std::string(id), serial_});
  if (behind == by_id_.begin() || std::prev(behind)->first.first != id) return false;
  const auto place = std::prev(behind)->second;
  take_back(places_[place]);
  const auto call = close_place(place);
  fail(call.id, call.group, errc::cancelled, "cancelled by the client");
  release(call.group);
  return true;
}

void session::index_calls() {
  if (std::exchange(is_indexed_, true)) return;
  for (std::size_t place = 0; place < places_.size(); ++place)
    if (const auto& call = places_[place]; call.ticket != 0 && !call.id.empty())
      by_id_.emplace(std::pair{call.id, call.serial}, place);
}

bool session::admit(std::size_t bytes, const request& entry, const batch_ptr& group,
                    bool begins_work) {
  if (draining_ && begins_work) {
    fail(entry.id, group, errc::unavailable, "the gateway is draining");
    return false;
  }
  if (open_ < max_open && open_bytes_ + bytes <= max_open_bytes) return true;
  fail(entry.id, group, errc::overloaded, "too many open requests on this connection");
  return false;
}

void session::submit(call_request work, const request& entry, const batch_ptr& group) {
  const auto bytes = work.params.size() + entry.id.size();
  if (!admit(bytes, entry, group)) return;
  work.connection = port_.connection();
  const auto place = open_place(entry, group, bytes);
  places_[place].ticket = calls_.submit(std::move(work), *this, place);
}

void session::inspect(const request& entry, const batch_ptr& group) {
  if (!may({access::area::cluster}, entry, group)) return;
  if (!admit(entry.id.size(), entry, group)) return;
  const auto place = open_place(entry, group, entry.id.size());
  places_[place].ticket = calls_.inspect(status_, *this, place);
}

std::size_t session::open_place(const request& entry, const batch_ptr& group, std::size_t bytes) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const auto place = free_.back();
  free_.pop_back();
  auto& call = places_[place];
  call.serial = ++serial_;
  call.bytes = bytes;
  call.id = entry.id;
  if (is_indexed_ && !call.id.empty()) by_id_.emplace(std::pair{call.id, call.serial}, place);
  if (group && !entry.is_notification()) {
    call.group = group;
    ++group->waiting;
  }
  ++open_;
  open_bytes_ += bytes;
  return place;
}

session::open_call session::close_place(std::size_t place) {
  auto call = std::exchange(places_[place], {});
  if (is_indexed_) by_id_.erase({call.id, call.serial});
  --open_;
  if (open_ == 0) is_indexed_ = false; // and the index is empty
  open_bytes_ -= call.bytes;
  expected_ -= call.expects;
  if (open_ == 0 && places_.size() > 64) { // the memory of a burst is not kept
    places_ = {};
    free_ = {};
  } else {
    free_.push_back(static_cast<std::uint32_t>(place));
  }
  return call;
}

void session::on_answer(std::uint64_t tag, proto::result&& answer) {
  finish(close_place(tag), answer);
}

void session::finish(const open_call& call, const proto::result& answer) {
  if (answer.code == errc::internal)
    spdlog::error("request {} of connection {} failed: {}",
                  std::string_view(call.id).substr(0, logged_bytes), port_.connection(),
                  shortened(answer.body, logged_bytes));
  reply(call.id, call.group, answer);
  release(call.group);
  if (open_ == 0) port_.answered();
}

void session::reply(std::string_view id, const batch_ptr& group, const proto::result& answer) {
  if (id.empty()) return;
  if (group) {
    group->text += group->text.empty() ? '[' : ',';
    return append_response(group->text, id, answer);
  }
  scratch_.clear();
  append_response(scratch_, id, answer);
  port_.send(scratch_);
  if (scratch_.capacity() > kept_scratch) scratch_ = {};
}

void session::fail(std::string_view id, const batch_ptr& group, errc code, std::string why) {
  if (id.empty()) return;
  proto::result answer;
  answer.code = code;
  answer.body = std::move(why);
  reply(id, group, answer);
}

void session::release(const batch_ptr& group) {
  if (!group || --group->waiting > 0 || group->text.empty()) return;
  group->text += ']';
  port_.send(group->text);
  unsent_.add(std::move(group->unsent));
  for (const auto& job : group->told)
    watches_->told(job.id, job.changes);
}

std::string session::known_methods() const {
  std::string out =
      "authenticate, call, cancel, ping, status, queue.*, jobs.*, schedules.* and the kinds";
  for (const auto& kind : calls_.kinds().kinds)
    out.append(out.ends_with("kinds") ? " " : ", ").append(kind.info.name);
  return calls_.kinds().kinds.empty() ? out + " of workers that join" : out;
}

} // namespace squall::gateway::rpc
