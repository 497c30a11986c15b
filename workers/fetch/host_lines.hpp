#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace squall::workers::fetch {

/// Lets at most so many at a time go to one host; the others wait, first come first served.
template <class Item>
class host_lines {
public:
  explicit host_lines(std::size_t most) : most_{most} {}

  /// Whether `item` may go now. When not, it waits.
  bool enter(const std::string& host, const Item& item) {
    auto& line = lines_[host];
    if (line.running < most_) {
      ++line.running;
      return true;
    }
    line.waiting.push_back(item);
    return false;
  }

  /// One that could go has ended. Gives the one that goes in its place.
  std::optional<Item> leave(const std::string& host) {
    auto line = lines_.find(host);
    if (line->second.waiting.empty()) {
      if (--line->second.running == 0) lines_.erase(line);
      return std::nullopt;
    }
    auto next = std::move(line->second.waiting.front());
    line->second.waiting.pop_front();
    return next;
  }

  /// Takes out one that waits; false when it does not.
  bool withdraw(const std::string& host, const Item& item) {
    auto line = lines_.find(host);
    return line != lines_.end() && std::erase(line->second.waiting, item) != 0;
  }

private:
  struct line {
    std::size_t running = 0;
    std::deque<Item> waiting;
  };

  std::size_t most_;
  std::unordered_map<std::string, line> lines_; ///< of hosts with somebody under way
};

} // namespace squall::workers::fetch
