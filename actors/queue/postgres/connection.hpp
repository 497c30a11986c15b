#pragma once

#include "actors/queue/postgres/array_text.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::actors::postgres {

/// Why a server did not do what it was asked for; the text is for people.
struct error : std::runtime_error {
  error(const std::string& why, std::string code) : runtime_error{why}, state{std::move(code)} {}

  std::string state; ///< SQLSTATE; empty: the connection failed
};

/// A statement that is prepared with its first use.
struct query {
  const char* name;
  std::string text;
};

/// What a statement gave. Numbers are PostgreSQL's signed ones, so 64-bit values that use the
/// highest bit come back as they were; NULL is 0 and empty.
class rows {
public:
  explicit rows(PGresult* from) : from_{from, PQclear} {}

  int size() const noexcept { return PQntuples(from_.get()); }
  std::uint64_t number(int row, int column) const noexcept {
    std::int64_t out = 0;
    const auto value = text(row, column);
    std::from_chars(value.data(), value.data() + value.size(), out);
    return static_cast<std::uint64_t>(out);
  }
  std::string_view text(int row, int column) const noexcept {
    return {PQgetvalue(from_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(from_.get(), row, column))};
  }
  double real(int row, int column) const noexcept {
    double out = 0;
    const auto value = text(row, column);
    std::from_chars(value.data(), value.data() + value.size(), out);
    return out;
  }
  const PGresult* get() const noexcept { return from_.get(); }

private:
  std::unique_ptr<PGresult, void (*)(PGresult*)> from_;
};

using link = std::unique_ptr<PGconn, void (*)(PGconn*)>;
/// Connects to what `url` names, a URL or a string of libpq's. Throws `error`.
link open_link(const std::string& url);
/// How long is waited for a server that is silent.
inline constexpr std::chrono::seconds usual_patience{30};
/// Runs statements one behind the other, not in pipeline mode. What the last one gave. Throws
/// `error`.
rows run(PGconn& through, const std::string& script,
         std::chrono::seconds patience = usual_patience);

/// A connection in libpq's pipeline mode
/// (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html): statements that do not need each
/// other's results travel together, which costs one round trip. Waits no longer than its patience
/// for anything; a connection that lost it is useless. Used by one thread at a time.
class connection {
public:
  /// Connects, and runs `script` before anything else. Throws `error`.
  explicit connection(const std::string& url, const std::string& script = {});

  /// Adds a statement to the next flight.
  template <class... Values>
  void ask(const query& what, const Values&... values) {
    std::vector<std::string> texts;
    texts.reserve(sizeof...(values));
    (texts.push_back(text_of(values)), ...);
    ask_texts(what, texts);
  }
  /// Sends what was asked for and waits until all of it is answered. Gives what each statement
  /// gave. Throws `error` when one failed; then none behind it was done.
  std::vector<rows> fly();
  template <class... Values>
  rows fetch(const query& what, const Values&... values) {
    ask(what, values...);
    return std::move(fly().back());
  }
  /// So many were asked for and have not flown.
  std::size_t asked() const noexcept { return flight_.size(); }

  /// Waits for notifications, until `stop` (a descriptor) can be read or the patience is over.
  /// Gives their payloads.
  std::vector<std::string> heard(int stop);
  bool is_lost() const noexcept { return is_lost_; }
  /// Whether it is lost, or was ended by the server, which is seen without asking it. To be called
  /// when nothing is under way.
  bool has_ended();

  static constexpr std::chrono::seconds patience = usual_patience;

private:
  struct flown {
    std::string prepares; ///< the name of a statement; empty: it is run
  };

  static std::string text_of(std::string_view text) { return storable(text); }
  static std::string text_of(const array_text& array) { return array.text(); }
  static std::string text_of(std::integral auto number) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  void ask_texts(const query& what, const std::vector<std::string>& texts);
  void send(bool was_sent);
  void receive(std::vector<rows>& to);
  PGresult* next_result();
  /// Waits until the server can be read from, or written to when something is left to be sent.
  void wait(bool writes);
  [[noreturn]] void lose(const std::string& why);

  link link_;
  std::set<std::string, std::less<>> prepared_;
  std::set<std::string, std::less<>> preparing_; ///< in this flight
  std::vector<flown> flight_;
  bool is_lost_ = false;
};

/// Where `url` leads, for people: without its password. Empty when it cannot be told.
std::string place_of(const std::string& url);

} // namespace squall::actors::postgres
