#pragma once

#include "actors/queue/postgres/connection.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace squall::actors::postgres {

/// A transaction whose statements travel together as far as they can. It begins with the first of
/// them. Throws `error`; then it must be forgotten, and its connection rolled back.
class flight {
public:
  using reader = std::function<void(const rows&)>;

  explicit flight(connection& link) : link_{link} {}

  /// Has `read` called with what the statement gives, when it flies.
  template <class... Values>
  void ask(reader read, const query& what, const Values&... values) {
    begin();
    link_.ask(what, values...);
    readers_.push_back(std::move(read));
  }
  template <class... Values>
  void tell(const query& what, const Values&... values) {
    ask(nullptr, what, values...);
  }
  /// Waits until all that was asked is answered and read.
  void land() {
    if (readers_.empty()) return;
    const auto results = link_.fly();
    const auto readers = std::exchange(readers_, {});
    for (std::size_t i = 0; i < results.size(); ++i)
      if (readers[i]) readers[i](results[i]);
  }
  template <class... Values>
  void fetch(reader read, const query& what, const Values&... values) {
    ask(std::move(read), what, values...);
    land();
  }
  void commit() {
    static const query end{"commit", "COMMIT"};
    tell(end);
    land();
  }
  bool has_begun() const noexcept { return begun_; }

private:
  void begin() {
    if (std::exchange(begun_, true)) return;
    static const query start{"begin", "BEGIN"};
    link_.ask(start);
    readers_.push_back(nullptr);
  }

  connection& link_;
  std::vector<reader> readers_;
  bool begun_ = false;
};

} // namespace squall::actors::postgres
