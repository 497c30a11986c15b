// How long the router's own logic takes for one call, all in: admitted, sent, answered. Without
// actors and sockets. Usage: router_bench [seconds]

#include "actors/router_core.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace squall;
using steady = std::chrono::steady_clock;

struct set_up {
  std::size_t batch = 1;
  std::size_t params_bytes = 12;
  unsigned workers = 2;
};

proto::pool_offer offer(std::uint32_t window) {
  proto::pool_offer out;
  out.kind.name = "prime";
  out.kind.idempotent = true;
  out.slots = 2;
  out.window = window;
  return out;
}

/// One turn of a bridge and the turns of the workers that follow from it; the calls it answered.
std::size_t one_turn(actors::router_core& core, const set_up& with, std::uint64_t& id,
                     const std::string& params) {
  proto::submit_batch submitted;
  submitted.calls.resize(with.batch);
  for (auto& each : submitted.calls) {
    each.work.id = ++id;
    each.work.kind = "prime";
    each.work.params = params;
    each.connection = id % 64;
  }
  core.submit(submitted, steady::now());
  std::size_t answers = 0;
  for (auto& mail : core.take().calls) {
    proto::result_batch done;
    done.worker = mail.worker;
    done.results.resize(mail.batch.calls.size());
    for (std::size_t i = 0; i < done.results.size(); ++i) {
      done.results[i].id = mail.batch.calls[i].id;
      done.results[i].attempt = mail.batch.calls[i].attempt;
      done.results[i].body = std::move(mail.batch.calls[i].params);
    }
    core.answered(done, steady::now());
    for (auto& each : core.take().answers)
      answers += each.batch.results.size();
  }
  return answers;
}

double nanoseconds_per_call(const set_up& with, double seconds) {
  actors::router_core core;
  const auto bridge = std::uint64_t{*core.attach_bridge()} << proto::bridge_shift;
  for (unsigned i = 0; i < with.workers; ++i) {
    proto::worker_info who;
    who.id = std::to_string(i);
    core.worker_joined(who, {offer(4'096)}, steady::now());
  }
  const std::string params(with.params_bytes, '1');
  auto id = bridge;
  std::size_t answers = 0;
  // CPU time: what others do on the machine does not count.
  const auto start = std::clock();
  double elapsed = 0;
  while (elapsed < seconds) {
    for (int i = 0; i < 100; ++i)
      answers += one_turn(core, with, id, params);
    core.expire(steady::now());
    elapsed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  return elapsed * 1e9 / static_cast<double>(answers);
}

} // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 0.5;
  std::printf("%8s %8s %8s %10s %14s\n", "batch", "params", "workers", "ns/call", "calls/s");
  for (std::size_t bytes : {12, 200})
    for (unsigned workers : {2U, 16U})
      for (std::size_t batch : {1, 16, 64, 1'000}) {
        const auto ns = nanoseconds_per_call({batch, bytes, workers}, seconds);
        std::printf("%8zu %7zuB %8u %10.1f %14.0f\n", batch, bytes, workers, ns, 1e9 / ns);
      }
}
