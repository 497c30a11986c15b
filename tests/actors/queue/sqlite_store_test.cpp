#include "actors/queue/sqlite/sqlite_store.hpp"

#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <SQLiteCpp/Database.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

#include <sys/resource.h>

using namespace squall;
using namespace squall::tests;
using actors::settling;
using actors::store_failure;
using Catch::Matchers::ContainsSubstring;
using strings = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void run_in(const fs::path& file, const std::string& sql) {
  SQLite::Database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(sql);
}

/// No file of this process grows beyond so many bytes, as on a full disk.
class full_disk {
public:
  explicit full_disk(std::uintmax_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

private:
  rlimit before_{};
  void (*handler_)(int);
};

} // namespace

TEST_CASE("what was committed is there again: settings, places, leases, the dead, and the books") {
  proto::queue_settings settings;
  settings.order = proto::queue_order::priority;
  settings.maxsize = 10;
  settings.max_attempts = 1;
  shelf s{store_kind::sqlite, settings};
  s.put({"dies"}, 9);
  s.use(settling::nack, s.lease(1).at(0).lease, 0, false, "it broke");
  s.put({"a", "b"});
  s.put({"urgent", "more urgent"}, 8);
  const auto leased = s.lease(1, 60'000).at(0);
  const auto before = s.stats();
  s.reopen();
  auto after = s.stats();
  CHECK(after.put_rate == 0); // rates are of this process
  after.put_rate = before.put_rate;
  CHECK(after == before);
  CHECK(s.dead() == std::vector<proto::dead_item>{{1, "dies", 9, {{1, s.now, "it broke"}}}});
  CHECK(s.items->expire(s.now).next == s.now + 60'000);
  CHECK(s.use(settling::ack, leased.lease)->queue == "q");
  CHECK_FALSE(s.use(settling::ack, leased.lease));
  CHECK(s.bodies() == strings{"more urgent", "a", "b"});
}

TEST_CASE("what was not committed never happened") {
  shelf s{store_kind::sqlite};
  s.put({"1"});
  s.reopen();
  s.put({"2"});
  s.use(settling::ack, s.lease(1).at(0).lease);
  s.items.reset();
  s.items = actors::make_sqlite_store(s.file());
  CHECK(s.stats().total_acked == 0);
  CHECK(s.bodies() == strings{"1"});
}

TEST_CASE("the number of an item never comes again") {
  shelf s{store_kind::sqlite};
  CHECK(std::get<numbers>(s.put({"1", "2"})) == numbers{1, 2});
  s.use(settling::ack, s.lease(2).at(1).lease);
  s.reopen();
  CHECK(std::get<numbers>(s.put({"3"})) == numbers{3});
}

TEST_CASE("a file belongs to one store at a time") {
  shelf s{store_kind::sqlite};
  CHECK_THROWS_WITH(actors::make_sqlite_store(s.file()),
                    ContainsSubstring("used by another gateway") &&
                        ContainsSubstring("PostgreSQL") && ContainsSubstring("--store"));
  s.items.reset();
  CHECK(actors::make_sqlite_store(s.file()) != nullptr);
}

TEST_CASE("others may not read what users put") {
  const shelf s{store_kind::sqlite};
  for (const auto& each : fs::directory_iterator{s.file().parent_path()})
    CHECK((fs::status(each).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a file that is not this version's is refused and left as it is") {
  const scratch_folder folder;
  const auto file = folder.path() / "a.db";
  std::string why;
  SECTION("of a newer version") {
    static_cast<void>(actors::make_sqlite_store(file));
    run_in(file, "PRAGMA user_version = 99");
    why = "newer version of squall (schema 99";
  }
  SECTION("of another program") {
    run_in(file, "CREATE TABLE t (x)");
    why = "another program";
  }
  SECTION("no database") {
    std::ofstream{file} << std::string(5'000, 'x');
    why = "not a database";
  }
  const auto before = content(file);
  CHECK_THROWS_AS(actors::make_sqlite_store(file), store_failure);
  CHECK_THROWS_WITH(actors::make_sqlite_store(file), ContainsSubstring(why));
  CHECK(content(file) == before);
}

TEST_CASE("a place where nothing can be written is named") {
  CHECK_THROWS_AS(actors::make_sqlite_store("/nowhere/at/all.db"), store_failure);
  CHECK_THROWS_WITH(actors::make_sqlite_store("/nowhere/at/all.db"),
                    ContainsSubstring("/nowhere/at/all.db"));
}

TEST_CASE(
    "when the disk is full a turn fails whole, and the store works again once there is room") {
  shelf s{store_kind::sqlite};
  s.put({"kept"});
  const auto lease = s.lease(1).at(0).lease;
  s.items->commit();
  const auto before = s.stats();
  {
    const full_disk full{fs::file_size(s.file().string() + "-wal")};
    s.use(settling::ack, lease);
    CHECK_THROWS_AS((s.put(strings(100, std::string(100'000, 'x'))), s.items->commit()),
                    store_failure);
    CHECK_THROWS_AS((s.put({"small"}), s.items->commit()), store_failure);
  }
  // The first failure may have been an operation's: then the turn goes on until its end.
  try {
    s.items->commit();
  } catch (const store_failure&) {
  }
  auto after = s.stats();
  after.put_rate = before.put_rate;
  CHECK(after == before);
  CHECK(s.use(settling::ack, lease));
  s.put({"new"});
  s.reopen();
  CHECK(s.bodies() == strings{"new"});
}

TEST_CASE("nothing else can be done in a turn that has failed") {
  shelf s{store_kind::sqlite};
  s.items->commit();
  const full_disk full{0};
  CHECK_THROWS_AS(s.put(strings(100, std::string(200'000, 'x'))), store_failure);
  CHECK_THROWS_AS(s.stats(), store_failure);
  CHECK_THROWS_AS(s.items->commit(), store_failure);
}
