#pragma once

#include "gateway/dispatcher.hpp"
#include "gateway/protocol.hpp"
#include "gateway/queue/queue_port.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace squall::tests {

/// A connection without a socket: what a protocol wrote and asked for can be looked at.
class fake_link final : public gateway::link {
public:
  std::string sent;
  bool finished = false;
  bool aborted = false;
  bool resumed = false;
  clock::time_point timer = clock::time_point::max();
  clock::time_point time = clock::now();
  std::unique_ptr<gateway::protocol> next;

  std::string& outbox() noexcept override { return sent; }
  void send_soon() override {}
  /// The peer reads so many bytes now.
  std::size_t room = 0;
  void flush() override {
    const auto count = std::min(room, sent.size());
    sent.erase(0, count);
    room -= count;
  }
  void set_timer(clock::time_point when) override { timer = when; }
  void resume() override { resumed = true; }
  void finish() override { finished = true; }
  void abort() override { aborted = true; }
  void upgrade(std::unique_ptr<gateway::protocol> other) override { next = std::move(other); }
  std::uint64_t id() const noexcept override { return 1; }
  const std::string& peer() const noexcept override { return peer_; }
  clock::time_point now() const noexcept override { return time; }

  /// What was sent since the last call.
  std::string take() { return std::exchange(sent, {}); }

private:
  std::string peer_ = "127.0.0.1";
};

/// What was asked for and has no answer yet.
template <class Request, class Sink>
struct asked {
  Request request;
  Sink* sink;
  std::uint64_t tag;
};

/// A dispatcher whose answers the test gives.
class fake_dispatcher final : public gateway::dispatcher {
public:
  using entry = asked<gateway::call_request, gateway::answer_sink>;
  std::map<ticket, entry> open; ///< in the order of submission
  std::vector<ticket> cancelled;
  proto::kinds_changed known;
  proto::router_status status;
  bool drains = false;
  std::size_t room = ~std::size_t{0}; ///< calls that can be open at a time

  ticket submit(gateway::call_request request, gateway::answer_sink& sink,
                std::uint64_t tag) override {
    if (open.size() >= room) throw std::length_error{"too many open calls"};
    open.emplace(++last_, entry{std::move(request), &sink, tag});
    return last_;
  }
  void cancel(ticket call) override {
    if (open.erase(call) > 0) cancelled.push_back(call);
  }
  ticket inspect(renderer render, gateway::answer_sink& sink, std::uint64_t tag) override {
    auto call = submit({}, sink, tag);
    open[call].request.params = render(status);
    return call;
  }
  const proto::kinds_changed& kinds() const noexcept override { return known; }
  bool draining() const noexcept override { return drains; }

  /// Answers the call with `body`, or with an error.
  void answer(ticket call, std::string body, proto::errc code = proto::errc::none) {
    auto found = open.extract(call);
    auto& [request, sink, tag] = found.mapped();
    proto::result result;
    result.code = code;
    result.body = std::move(body);
    sink->on_answer(tag, std::move(result));
  }

private:
  ticket last_ = 0;
};

/// Queues whose answers the test gives.
class fake_queues final : public gateway::queue_port {
public:
  using entry = asked<proto::queue_request, gateway::queue_sink>;
  std::map<ticket, entry> open; ///< in the order of asking
  std::vector<ticket> taken_back;
  std::vector<std::string> released; ///< leases
  std::vector<std::uint64_t> ended;  ///< holders

  ticket ask(proto::queue_request request, gateway::queue_sink& sink, std::uint64_t tag) override {
    open.emplace(++last_, entry{std::move(request), &sink, tag});
    return last_;
  }
  void take_back(ticket request) override {
    if (open.erase(request) > 0) taken_back.push_back(request);
  }
  void release(const proto::leased_item& item) override { released.push_back(item.lease); }
  void end_holder(std::uint64_t holder) override { ended.push_back(holder); }

  const proto::queue_request& oldest() const { return open.begin()->second.request; }
  /// Answers the oldest request.
  void answer(proto::queue_answer with = {}) {
    auto found = open.extract(open.begin());
    auto& [request, sink, tag] = found.mapped();
    with.op = request.op;
    sink->on_queue_answer(tag, std::move(with));
  }
  void answer(proto::errc code, std::string message) {
    proto::queue_answer with;
    with.code = code;
    with.message = std::move(message);
    answer(std::move(with));
  }
  /// Answers a lease with items of these bodies; the leases are "lease 1" and so on.
  void answer_items(const std::vector<std::string>& bodies) {
    proto::queue_answer with;
    for (const auto& body : bodies) {
      const auto number = with.items.size() + 1;
      with.items.push_back({number, "lease " + std::to_string(number), body, 5, 1, 30'000});
    }
    answer(std::move(with));
  }

private:
  ticket last_ = 0;
};

} // namespace squall::tests
