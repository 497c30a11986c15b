// The yardstick of tests/bench/queue: what SQLite itself does on the same disk, with nothing around
// it: rows of a small table, so many a transaction, WAL and synchronous=FULL as in Squall's store.
// Usage: bare_sqlite FILE ROWS SECONDS; prints rows a second. FILE must not exist.

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

/// Rows, in one transaction. Afterwards the log is as long as it gets, and no file grows with each
/// commit any more, which takes a disk much longer.
constexpr int warmup = 400'000;

class database {
public:
  explicit database(const char* file) {
    check(sqlite3_open(file, &handle_));
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE items (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    begin_ = prepare("BEGIN");
    insert_ = prepare("INSERT INTO items (body) VALUES ('{\"n\":\"97\"}')");
    commit_ = prepare("COMMIT");
  }
  ~database() {
    for (auto* each : {begin_, insert_, commit_})
      sqlite3_finalize(each);
    sqlite3_close(handle_);
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  void transaction(int rows) {
    step(begin_);
    for (int row = 0; row < rows; ++row)
      step(insert_);
    step(commit_);
  }

private:
  void check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  void run(const char* text) { check(sqlite3_exec(handle_, text, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* text) {
    sqlite3_stmt* out = nullptr;
    check(sqlite3_prepare_v2(handle_, text, -1, &out, nullptr));
    return out;
  }
  void step(sqlite3_stmt* statement) {
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
  }

  sqlite3* handle_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
};

/// Rows a second, for about that long.
double measure(database& items, int rows, std::chrono::duration<double> seconds) {
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t written = 0;
  std::chrono::duration<double> passed{0};
  do {
    items.transaction(rows);
    written += static_cast<std::uint64_t>(rows);
    passed = std::chrono::steady_clock::now() - begin;
  } while (passed < seconds);
  return static_cast<double>(written) / passed.count();
}

} // namespace

int main(int argc, char** argv) try {
  if (argc != 4) throw std::invalid_argument("usage: bare_sqlite FILE ROWS SECONDS");
  const int rows = std::stoi(argv[2]);
  const std::chrono::duration<double> seconds{std::stod(argv[3])};
  database items(argv[1]);
  items.transaction(warmup);
  std::cout << measure(items, rows, seconds) << '\n';
  return EXIT_SUCCESS;
} catch (const std::exception& error) {
  std::cerr << "bare_sqlite: " << error.what() << '\n';
  return EXIT_FAILURE;
}
