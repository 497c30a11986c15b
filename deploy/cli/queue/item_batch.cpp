#include "deploy/cli/queue/item_batch.hpp"

namespace squall::cli {

bool item_batch::add(const numbered_line& line) {
  const auto entry = item_entry(line.text, options_);
  if (empty()) {
    first_line_ = line.number;
  } else if (count_ == max_items_ || entries_.size() + entry.size() >= max_bytes) {
    return false;
  } else {
    entries_ += ',';
  }
  entries_ += entry;
  ++count_;
  return true;
}

void item_batch::clear() {
  entries_.clear();
  count_ = 0;
}

} // namespace squall::cli
