#include "deploy/cli/entry_batch.hpp"

namespace squall::cli {

bool entry_batch::add(std::uint64_t line, std::string_view entry) {
  if (empty()) {
    first_line_ = line;
  } else if (count_ == max_entries_ || entries_.size() + entry.size() >= max_bytes) {
    return false;
  } else {
    entries_ += ',';
  }
  entries_ += entry;
  ++count_;
  return true;
}

void entry_batch::clear() {
  entries_.clear();
  count_ = 0;
}

} // namespace squall::cli
