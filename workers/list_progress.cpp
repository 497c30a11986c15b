#include "workers/list_progress.hpp"

#include <string>
#include <utility>

namespace squall::workers {
namespace {

/// What is passed on is rarer still.
constexpr std::chrono::milliseconds between{100};

} // namespace

list_progress::list_progress(actors::progress_teller to, std::size_t all)
    : to_{std::move(to)}, all_{all}, next_{to_ ? clock::now() + between : clock::time_point{}} {}

void list_progress::tell() {
  ++done_;
  const auto now = clock::now();
  if (now < next_) return;
  next_ = now + between;
  to_(R"({"done":)" + std::to_string(done_) + R"(,"of":)" + std::to_string(all_) + "}");
}

} // namespace squall::workers
