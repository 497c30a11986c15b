#include "workers/list_progress.hpp"

#include <string>

namespace squall::workers {

void list_progress::tell() {
  to_(R"({"done":)" + std::to_string(++done_) + R"(,"of":)" + std::to_string(all_) + "}");
}

} // namespace squall::workers
