#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace squall::actors {

/// A prepared statement that is used again and again, also after it failed. Numbers are kept as
/// SQLite's signed ones, so 64-bit values that use the highest bit come back as they were. Throws
/// `SQLite::Exception`.
class statement {
public:
  statement(const SQLite::Database& database, const std::string& text)
      : prepared_{database, text} {}

  /// Runs one that gives no rows. Texts must live until then.
  template <class... Values>
  void run(const Values&... values) {
    begin(values...);
    next();
  }
  /// Begins one that gives rows. Texts must live until the last of them.
  template <class... Values>
  void begin(const Values&... values) {
    end();
    int place = 0;
    (bind(++place, values), ...);
  }
  /// Goes to the next row; false behind the last.
  bool next() {
    try {
      if (prepared_.executeStep()) return true;
    } catch (...) {
      end();
      throw;
    }
    end();
    return false;
  }
  /// Leaves rows that nobody wants, so that they are not held. It tells once more of a failure
  /// that was thrown already.
  void end() noexcept { static_cast<void>(prepared_.tryReset()); }

  /// Of the row, by place from 0 on.
  std::uint64_t number(int column) const {
    return static_cast<std::uint64_t>(prepared_.getColumn(column).getInt64());
  }
  std::string text(int column) const { return prepared_.getColumn(column).getString(); }

private:
  void bind(int place, const std::string& text) { prepared_.bindNoCopy(place, text); }
  void bind(int place, std::integral auto number) {
    prepared_.bind(place, static_cast<std::int64_t>(number));
  }
  void bind(int place, const std::optional<std::uint64_t>& number) {
    if (number)
      bind(place, *number);
    else
      prepared_.bind(place);
  }

  SQLite::Statement prepared_;
};

} // namespace squall::actors
