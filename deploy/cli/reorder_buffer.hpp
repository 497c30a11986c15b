#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace squall::cli {

/// Puts texts that become ready in any order back into the order in which their places were taken.
/// Pure.
class reorder_buffer {
public:
  /// Takes the next place; places count from 0.
  std::uint64_t take_place() {
    places_.emplace_back();
    return first_ + places_.size() - 1;
  }

  /// Fills a place that was taken and not filled yet.
  void fill(std::uint64_t place, std::string text) { places_[place - first_] = std::move(text); }

  /// Appends what is ready at the front to `out` and frees it.
  void drain(std::string& out) {
    for (; !places_.empty() && places_.front(); ++first_) {
      out += *places_.front();
      places_.pop_front();
    }
  }

  /// Places taken and not freed; what keeps memory bounded.
  std::size_t size() const noexcept { return places_.size(); }

private:
  std::deque<std::optional<std::string>> places_;
  std::uint64_t first_ = 0;
};

} // namespace squall::cli
