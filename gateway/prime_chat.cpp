#include "gateway/prime_chat.hpp"

#include "gateway/rpc/json_text.hpp"
#include "proto/json_cursor.hpp"

#include <algorithm>
#include <utility>

namespace squall::gateway {

namespace {

constexpr std::string_view separators = " \t\r\n";
constexpr std::string_view surplus = "error: too many questions at once: 16384 wait for an answer";
/// A long answer's memory is not kept for the connection's life.
constexpr std::size_t kept_scratch = 4 * 1024;

bool is_integer(std::string_view text) {
  const auto signs = text.starts_with('-') || text.starts_with('+') ? 1U : 0U;
  return text.size() > signs &&
         std::all_of(text.begin() + signs, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes `{"n":"97","prime":true,...}`; false when it is something else.
bool append_verdict(std::string& out, std::string_view body) {
  std::string_view n;
  std::string_view prime;
  proto::json_cursor cursor{body};
  cursor.members([&](std::string_view key, std::string_view value) {
    if (key == R"("n")")
      n = value;
    else if (key == R"("prime")")
      prime = value;
    return n.empty() || prime.empty(); // what follows is of no interest
  });
  if (n.size() < 3 || !n.starts_with('"') || (prime != "true" && prime != "false")) return false;
  out.append(n, 1, n.size() - 2)
      .append(prime == "true" ? " is a prime number" : " is not a prime number");
  return true;
}

void append_answer(std::string& out, const proto::result& answer) {
  if (answer.code != proto::errc::none) {
    std::string_view message = answer.body;
    if (message.starts_with("n: ")) message.remove_prefix(3); // there is no field here
    if (message.empty()) message = proto::describe(answer.code).title;
    out.append("error: ").append(message);
  } else if (!append_verdict(out, answer.body)) {
    out.append("error: ").append(proto::describe(proto::errc::internal).title);
  }
}

} // namespace

prime_chat::~prime_chat() {
  for (auto at = head_; at < line_.size(); ++at)
    if (line_[at].ticket != 0) calls_.cancel(line_[at].ticket);
}

void prime_chat::on_message(std::string_view text, bool) {
  constexpr access::need prime{access::area::call, "prime"};
  if (const auto verdict = who_.judge(prime); verdict != access::verdict::allowed)
    return refuse("error: " + who_.explain(verdict, prime));
  auto begin = text.find_first_not_of(separators);
  if (begin == std::string_view::npos) refuse("error: send an integer");
  while (begin != std::string_view::npos) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    ask(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  if (open_ == 0) port_.answered();
}

void prime_chat::on_access_changed() {
  if (const auto why = who_.loss()) port_.refuse(*why);
}

void prime_chat::ask(std::string_view question) {
  if (!is_integer(question))
    return refuse("error: " + rpc::shortened(question) + " is not an integer");
  if (draining_) return refuse("error: the gateway is draining");
  if (waiting() >= max_open || open_bytes_ + question.size() > max_open_bytes)
    return refuse_surplus();
  call_request work;
  work.kind = "prime";
  work.params.reserve(question.size() + 8);
  work.params.append(R"({"n":")").append(question).append(R"("})");
  work.connection = port_.connection();
  const auto tag = first_ + waiting();
  auto& entry = add_place();
  entry.bytes = static_cast<std::uint32_t>(question.size());
  entry.ticket = calls_.submit(std::move(work), *this, tag);
  ++open_;
  open_bytes_ += entry.bytes;
}

void prime_chat::refuse(std::string_view why) {
  if (waiting() == 0) return port_.send(why);
  if (waiting() >= max_open) return refuse_surplus();
  add_place().answer = why;
}

/// All that come while the line is full share one place, so that the line stays bounded.
void prime_chat::refuse_surplus() {
  if (waiting() > 0 && line_.back().answer == surplus)
    ++line_.back().times;
  else
    add_place().answer = surplus;
}

prime_chat::place& prime_chat::add_place() {
  if (head_ >= 64 && head_ >= line_.size() / 2) {
    line_.erase(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  return line_.emplace_back();
}

void prime_chat::drop_front() {
  open_bytes_ -= line_[head_].bytes; // not before: until now its answer was kept
  ++first_;
  if (++head_ < line_.size()) return;
  head_ = 0;
  line_.clear();
  if (line_.capacity() > 1'024) line_.shrink_to_fit(); // the memory of a burst is not kept
}

void prime_chat::on_answer(std::uint64_t tag, proto::result&& answer) {
  auto& entry = line_[head_ + (tag - first_)];
  entry.ticket = 0;
  --open_;
  if (tag == first_) {
    scratch_.clear();
    append_answer(scratch_, answer);
    port_.send(scratch_);
    if (scratch_.capacity() > kept_scratch) scratch_ = {};
    drop_front();
    send_ready();
  } else {
    append_answer(entry.answer, answer);
  }
  if (open_ == 0) port_.answered();
}

void prime_chat::send_ready() {
  while (waiting() > 0 && line_[head_].ticket == 0) {
    for (auto left = line_[head_].times; left > 0; --left)
      port_.send(line_[head_].answer);
    drop_front();
  }
}

} // namespace squall::gateway
