#include "workers/sleep/sleep_kind.hpp"

#include "workers/event_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace squall::workers::sleep {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::int64_t longest_ms = 86'400'000;

constexpr auto params_schema = R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
                               R"("type":"object","properties":{"ms":{"type":["integer","string"],)"
                               R"("minimum":0,"maximum":86400000,"pattern":"^[0-9]+$",)"
                               R"("description":)"
                               R"("How long to sleep, in milliseconds."}},)"
                               R"("required":["ms"],"additionalProperties":false})";

constexpr auto result_schema = R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
                               R"("type":"object","properties":{"ms":{"type":"integer",)"
                               R"("description":"The time that was asked for."}},)"
                               R"("required":["ms"]})";

/// The time to sleep, or why the params are refused.
std::variant<milliseconds, std::string> read(std::string_view params) {
  auto object = json::parse(params, nullptr, false);
  if (!object.is_object()) return R"(the params must be an object like {"ms": 100})";
  for (auto& [name, value] : object.items())
    if (name != "ms") return "sleep takes only \"ms\", not " + json(name).dump();
  auto ms = object.find("ms");
  if (ms == object.end()) return R"("ms" is missing)";
  // A query string can only bring text.
  if (ms->is_string()) *ms = json::parse(ms->get_ref<const std::string&>(), nullptr, false);
  if (!ms->is_number_integer()) return R"("ms" must be an integer)";
  auto fits = ms->is_number_unsigned() ? ms->get<std::uint64_t>() <= longest_ms
                                       : ms->get<std::int64_t>() >= 0;
  if (!fits) return "\"ms\" must be from 0 to 86400000, and is " + ms->dump();
  return milliseconds{ms->get<std::int64_t>()};
}

/// One call under way. Kept by its timer, whose handler answers.
struct nap {
  nap(boost::asio::io_context& context, milliseconds time, completion done)
      : timer{context, time}, time{time}, done{std::move(done)} {}

  void end(bool early) {
    awake.reset();
    if (early)
      done(outcome::fail(proto::errc::cancelled, "the sleep was stopped"));
    else
      done(outcome::ok("{\"ms\":" + std::to_string(time.count()) + "}"));
  }

  boost::asio::steady_timer timer;
  milliseconds time;
  completion done;
  std::optional<std::stop_callback<std::function<void()>>> awake;
};

void start(event_loop& loop, const task& task, completion done) {
  auto params = read(task.params);
  if (auto* why = std::get_if<std::string>(&params))
    return done(outcome::fail(proto::errc::invalid_params, std::move(*why)));
  auto sleeper =
      std::make_shared<nap>(loop.context(), std::get<milliseconds>(params), std::move(done));
  sleeper->timer.async_wait(
      [sleeper](boost::system::error_code error) { sleeper->end(static_cast<bool>(error)); });
  sleeper->awake.emplace(task.stop, [&loop, weak = std::weak_ptr{sleeper}] {
    loop.post([weak] {
      if (auto sleeper = weak.lock()) sleeper->timer.cancel();
    });
  });
}

} // namespace

kind make_kind() {
  kind made;
  made.info.name = "sleep";
  made.info.description = "Answers after a given time, and holds no thread meanwhile.";
  made.info.params_schema = params_schema;
  made.info.result_schema = result_schema;
  made.info.idempotent = true;
  made.info.cpu_bound = false;
  made.info.safe = true;
  made.start = start;
  return made;
}

} // namespace squall::workers::sleep
