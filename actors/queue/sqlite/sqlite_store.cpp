#include "actors/queue/sqlite/sqlite_store.hpp"

#include "actors/queue/durable/store_work.hpp"
#include "actors/queue/sqlite/file_lock.hpp"
#include "actors/queue/sqlite/schema.hpp"
#include "actors/queue/sqlite/sqlite_tables.hpp"

#include <SQLiteCpp/Exception.h>

#include <system_error>
#include <type_traits>
#include <utility>

namespace squall::actors {
namespace {

SQLite::Database open_owned(const file_lock& lock, const std::filesystem::path& file) {
  if (lock.held()) return open_database(file);
  throw store_failure{file.string() +
                      " is used by another gateway: a SQLite file serves one at a time. Name "
                      "another file with --store; queues that several gateways share need a store "
                      "on PostgreSQL (--store postgres://...)"};
}

/// Turns and their failures; the work inside of them is `store_work`'s.
class sqlite_store final : public store {
public:
  explicit sqlite_store(const std::filesystem::path& file)
      : file_{file.string()}, lock_{file_ + ".lock"}, database_{open_owned(lock_, file)},
        tables_{database_}, work_{tables_}, begin_{database_, "BEGIN"}, commit_{database_,
                                                                                "COMMIT"} {
    in_turn([] {});
    commit();
  }

  defined define(std::string_view queue, const proto::queue_settings& settings) override {
    return in_turn([&] { return work_.define(queue, settings); });
  }
  std::optional<removed> remove(std::string_view queue, removal what) override {
    return in_turn([&] { return work_.remove(queue, what); });
  }
  std::vector<put_outcome> put(std::span<store_put> puts, unix_ms now) override {
    return in_turn([&] { return work_.put(puts, now); });
  }
  std::vector<lease_outcome> lease(std::span<const store_lease> asks, unix_ms now) override {
    return in_turn([&] { return work_.lease(asks, now); });
  }
  std::vector<std::optional<settled>> settle(std::span<const settlement> uses,
                                             unix_ms now) override {
    return in_turn([&] { return work_.settle(uses, now); });
  }
  view look(const question& what, unix_ms now) override {
    return in_turn([&] { return work_.look(what, now); });
  }
  expired expire(unix_ms now) override {
    return in_turn([&] { return work_.expire(now); });
  }
  void commit() override {
    try {
      if (open_)
        in_turn([this] {
          tables_.save();
          commit_.run();
          open_ = false;
        });
    } catch (const store_failure&) { // kept in `failure_`
    }
    const auto failure = std::exchange(failure_, {});
    if (!failure.empty()) throw store_failure{failure};
  }

private:
  /// Does `part` of the turn.
  template <class Part>
  std::invoke_result_t<Part> in_turn(Part part) {
    if (!failure_.empty()) throw store_failure{failure_};
    try {
      if (!std::exchange(open_, true)) begin_.run();
      if (suspect_) tables_.load();
      suspect_ = false;
      return part();
    } catch (const SQLite::Exception& error) {
      lose_turn(file_ + ": " + error.what());
    } catch (const store_failure& error) {
      lose_turn(error.what());
    }
  }

  [[noreturn]] void lose_turn(const std::string& why) {
    static_cast<void>(database_.tryExec("ROLLBACK")); // SQLite may have done so itself
    open_ = false;
    suspect_ = true;
    failure_ = why;
    throw store_failure{why};
  }

  std::string file_;
  file_lock lock_; ///< for as long as the database is open
  SQLite::Database database_;
  sqlite_tables tables_;
  store_work work_;
  statement begin_;
  statement commit_;
  bool open_ = false;   ///< a transaction is
  bool suspect_ = true; ///< what is in memory may not be what is in the file
  std::string failure_; ///< of this turn; empty: none
};

} // namespace

std::unique_ptr<store> make_sqlite_store(const std::filesystem::path& file) {
  try {
    return std::make_unique<sqlite_store>(file);
  } catch (const std::system_error& error) { // of the lock
    throw store_failure{std::string{"cannot keep a store: "} + error.what()};
  }
}

} // namespace squall::actors
