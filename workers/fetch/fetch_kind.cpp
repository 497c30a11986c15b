#include "workers/fetch/fetch_kind.hpp"

#include "workers/event_loop.hpp"
#include "workers/fetch/call.hpp"
#include "workers/fetch/schema.hpp"

#include <boost/asio/io_context.hpp>

#include <map>
#include <memory>
#include <utility>

namespace squall::workers::fetch {
namespace {

namespace asio = boost::asio;

/// The engines of one event loop. A service of its context, so that they end with it and before
/// anything that they use.
class engines final : public asio::execution_context::service {
public:
  using key_type = engines;
  static inline asio::execution_context::id id;

  explicit engines(asio::execution_context& context)
      : service{context}, loop_{static_cast<asio::io_context&>(context)} {}

  /// On the loop's thread.
  engine& at(const std::shared_ptr<const environment>& around) {
    auto& found = engines_[around];
    if (!found) found = std::make_unique<engine>(loop_, *around);
    return *found;
  }

private:
  void shutdown() override { engines_.clear(); }

  asio::io_context& loop_;
  std::map<std::shared_ptr<const environment>, std::unique_ptr<engine>> engines_;
};

void start(const std::shared_ptr<const environment>& around, event_loop& loop, const task& task,
           completion done) {
  auto params = parse_params(task.params, task.first_index);
  if (auto* why = std::get_if<std::string>(&params))
    return done(outcome::fail(proto::errc::invalid_params, std::move(*why)));
  auto& engine = asio::use_service<engines>(loop.context()).at(around);
  call::start(engine, loop, std::move(std::get<order>(params)), task, std::move(done));
}

} // namespace

kind make_kind(settings options) {
  auto around = std::make_shared<const environment>(std::move(options));
  kind made;
  made.info.name = "fetch";
  made.info.description = "Asks another server over HTTP: one request, or many at once.";
  made.info.params_schema = params_schema;
  made.info.result_schema = result_schema;
  made.info.repeatable_if = {"method", {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}, true};
  made.info.safe_if = {"method", {"GET", "HEAD"}, true};
  made.info.cpu_bound = false;
  made.info.default_timeout_ms = 45'000; // 20 s to connect and 20 s in all, and what is around it
  made.info.spread_param = "requests";
  made.info.spread_result = "answers";
  made.info.spread_max = most_requests;
  made.start = [around](event_loop& loop, const task& task, completion done) {
    start(around, loop, task, std::move(done));
  };
  return made;
}

} // namespace squall::workers::fetch
