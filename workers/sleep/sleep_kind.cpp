#include "workers/sleep/sleep_kind.hpp"

#include "proto/json_cursor.hpp"
#include "workers/event_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <mutex>
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

/// The time to sleep when the params are as most are, an object with a plain number: read without
/// making objects of it, since much of what a short sleep costs would be that.
std::optional<milliseconds> read_plain(std::string_view params) {
  proto::json_cursor from{params};
  std::optional<milliseconds> out;
  const bool plain = from.members([&](std::string_view name, std::string_view value) {
    std::int64_t ms = -1;
    const auto* end = value.data() + value.size();
    const auto [at, error] = std::from_chars(value.data(), end, ms);
    if (name != R"("ms")" || out || error != std::errc{} || at != end) return false;
    if (ms < 0 || ms > longest_ms) return false;
    out = milliseconds{ms};
    return true;
  });
  return plain && from.at_end() ? out : std::nullopt;
}

/// The time to sleep, or why the params are refused.
std::variant<milliseconds, std::string> read(std::string_view params) {
  if (const auto plain = read_plain(params)) return *plain;
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

/// Between two words of how much is over.
constexpr milliseconds between{1'000};

/// One call under way. Kept by its timer, whose handler answers on the loop's thread. Begins on any
/// thread: setting a timer wakes nobody.
class nap : public std::enable_shared_from_this<nap> {
public:
  nap(event_loop& loop, milliseconds time, progress_teller progress, completion done)
      : loop_{loop}, timer_{loop.context()}, time_{time}, end_{clock::now() + time},
        progress_{std::move(progress)}, done_{std::move(done)} {}

  void begin(const std::stop_token& stop) {
    std::lock_guard lock{mutex_};
    wait();
    awake_.emplace(stop, [&loop = loop_, weak = weak_from_this()] {
      loop.post([weak] {
        if (auto self = weak.lock()) self->wake();
      });
    });
  }

private:
  using clock = boost::asio::steady_timer::clock_type;

  void wait() {
    timer_.expires_at(progress_ ? std::min(end_, clock::now() + between) : end_);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code) { self->on_time(); });
  }

  void wake() {
    std::lock_guard lock{mutex_};
    woken_ = true; // the timer may have come already, and its handler not
    timer_.cancel();
  }

  void on_time() {
    {
      std::lock_guard lock{mutex_};
      if (const auto now = clock::now(); !woken_ && now < end_) {
        tell(now);
        return wait();
      }
    }
    awake_.reset();
    if (woken_)
      done_(outcome::fail(proto::errc::cancelled, "the sleep was stopped"));
    else
      done_(outcome::ok("{\"ms\":" + std::to_string(time_.count()) + "}"));
  }

  void tell(clock::time_point now) {
    const auto left = std::chrono::ceil<milliseconds>(end_ - now);
    progress_(R"({"done_ms":)" + std::to_string((time_ - left).count()) + R"(,"of_ms":)" +
              std::to_string(time_.count()) + "}");
  }

  event_loop& loop_;
  std::mutex mutex_; ///< the timer may come before `begin` is done
  boost::asio::steady_timer timer_;
  const milliseconds time_;
  const clock::time_point end_;
  progress_teller progress_; ///< may be empty: then the timer comes once
  completion done_;
  bool woken_ = false;
  std::optional<std::stop_callback<std::function<void()>>> awake_;
};

void start(event_loop& loop, const task& task, completion done) {
  auto params = read(task.params);
  if (auto* why = std::get_if<std::string>(&params))
    return done(outcome::fail(proto::errc::invalid_params, std::move(*why)));
  std::make_shared<nap>(loop, std::get<milliseconds>(params), task.progress, std::move(done))
      ->begin(task.stop);
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
  made.starts_anywhere = true;
  return made;
}

} // namespace squall::workers::sleep
