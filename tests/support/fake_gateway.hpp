#pragma once

#include "gateway/dispatcher.hpp"
#include "gateway/protocol.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
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

/// A dispatcher whose answers the test gives.
class fake_dispatcher final : public gateway::dispatcher {
public:
  struct entry {
    gateway::call_request request;
    gateway::answer_sink* sink;
    std::uint64_t tag;
  };
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

} // namespace squall::tests
