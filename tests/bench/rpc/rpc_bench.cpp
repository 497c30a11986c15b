// Prints what a question costs in the two dialects of the WebSocket endpoints, apart from sockets,
// frames and actors: from the message to the call, and from the answer to the message.

#include "gateway/prime_chat.hpp"
#include "gateway/queue/asker.hpp"
#include "gateway/rpc/session.hpp"
#include "gateway/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace squall;

constexpr int turns = 7;
constexpr int messages = 300'000;

/// Counts what is sent.
struct counting_port final : gateway::ws::message_port {
  std::size_t count = 0;
  std::size_t bytes = 0;

  void send(std::string_view message) override {
    ++count;
    bytes += message.size();
  }
  void send_binary(std::string_view message) override { send(message); }
  bool has_room() override { return true; }
  void refuse(std::string_view) override {}
  void answered() override {}
  std::uint64_t connection() const noexcept override { return 1; }
};

/// Answers everything with one body as soon as it is told to.
class instant_dispatcher final : public gateway::dispatcher {
public:
  instant_dispatcher() { known_.kinds.emplace_back().info.name = "prime"; }

  ticket submit(gateway::call_request, gateway::answer_sink& sink, std::uint64_t tag) override {
    open_.push_back({&sink, tag});
    return ++last_;
  }
  void cancel(ticket) override {}
  ticket inspect(renderer, gateway::answer_sink&, std::uint64_t) override { return ++last_; }
  const proto::kinds_changed& kinds() const noexcept override { return known_; }
  bool draining() const noexcept override { return false; }

  void answer_all() {
    for (const auto& [sink, tag] : open_) {
      proto::result answer;
      answer.body = R"({"n":"97","prime":true,"certainty":"proven"})";
      sink->on_answer(tag, std::move(answer));
    }
    open_.clear();
  }

private:
  struct waiter {
    gateway::answer_sink* sink;
    std::uint64_t tag;
  };
  std::vector<waiter> open_;
  proto::kinds_changed known_;
  ticket last_ = 0;
};

/// The quickest of some turns, in ns a message; `in_flight` are asked before they are answered.
template <class Dialect, class... Rest>
void measure(const char* name, std::string_view message, int in_flight, Rest... rest) {
  using clock = std::chrono::steady_clock;
  counting_port port;
  instant_dispatcher calls;
  Dialect dialect{port, calls, rest...};
  auto best = clock::duration::max();
  for (auto turn = 0; turn < turns; ++turn) {
    const auto begin = clock::now();
    for (auto i = 0; i < messages; i += in_flight) {
      for (auto k = 0; k < in_flight; ++k)
        dialect.on_message(message, true);
      calls.answer_all();
    }
    best = std::min(best, clock::now() - begin);
  }
  const auto ns = std::chrono::duration<double, std::nano>(best).count() / messages;
  std::printf("%-40s %3d in flight %8.1f ns   (%zu answers of %zu bytes)\n", name, in_flight, ns,
              port.count, port.bytes / port.count);
}

} // namespace

int main() {
  gateway::asker queues{[] {}};
  const auto max_job_bytes = gateway::settings{}.max_job_bytes;
  gateway::access::refusals refused{};
  const gateway::access::guard open{nullptr, refused};
  const gateway::access::visitor anybody{open};
  const auto status = [](const proto::router_status&) { return std::string("{}"); };
  for (const auto in_flight : {1, 15}) {
    measure<gateway::prime_chat>("/ws/prime 97", "97", in_flight, anybody);
    measure<gateway::prime_chat>("/ws/prime 18446744073709551557", "18446744073709551557",
                                 in_flight, anybody);
    measure<gateway::rpc::session>(
        "/v1/ws prime", R"({"jsonrpc":"2.0","id":1,"method":"prime","params":{"n":"97"}})",
        in_flight, std::ref(queues), status, max_job_bytes, anybody);
    measure<gateway::rpc::session>(
        "/v1/ws call",
        R"({"jsonrpc":"2.0","id":1,"method":"call","params":{"kind":"prime","params":{"n":"97"}}})",
        in_flight, std::ref(queues), status, max_job_bytes, anybody);
  }
}
