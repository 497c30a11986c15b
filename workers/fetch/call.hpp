#pragma once

#include "workers/fetch/fetching.hpp"
#include "workers/kind.hpp"
#include "workers/list_progress.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace squall::workers::fetch {

/// One call of the kind `fetch`: one request, or a list of them, of which some are under way at a
/// time. Kept alive by its fetches; lives on the engine's loop.
class call : public std::enable_shared_from_this<call> {
public:
  /// Fetches of one list under way at a time.
  static constexpr std::size_t most_at_once = 64;
  /// Most bytes of a list's answer; what comes above that fails as `too_large`.
  static constexpr std::size_t most_list_bytes = 64 * 1024 * 1024;

  /// Begins; `done` is called once. `of.stop` may be asked to stop from any thread while `loop`,
  /// which is that of `on`, is there. Of a list, `of.progress` is told how much is done.
  static void start(engine& on, event_loop& loop, order what, const task& of, completion done);

  /// Use `start`.
  call(engine& on, order what, progress_teller progress, completion done);

private:
  void begin_some();
  void on_fetched(std::size_t place, result&& got);
  void keep(std::size_t place, result&& got);
  void cancel();
  void finish(outcome ended);
  std::string list_body();

  engine& engine_;
  order order_;
  completion done_;
  list_progress progress_;
  std::vector<std::weak_ptr<fetching>> fetches_; ///< by place; of those that have begun
  std::vector<std::string> answers_;             ///< by place
  std::size_t answer_bytes_ = 0;
  std::size_t answered_ = 0;
  std::optional<std::stop_callback<std::function<void()>>> watch_;
};

} // namespace squall::workers::fetch
