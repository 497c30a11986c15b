#include "deploy/cli/entry_batch.hpp"

#include "tests/support/catch.hpp"

using namespace squall::cli;

TEST_CASE("entries of lines become one request's") {
  entry_batch batch(entry_batch::most_entries);
  CHECK(batch.empty());
  CHECK(batch.add(3, "1"));
  CHECK(batch.add(9, "\"two\""));
  CHECK(batch.count() == 2);
  CHECK(batch.first_line() == 3);
  CHECK(batch.entries() == "1,\"two\"");
  batch.clear();
  CHECK(batch.empty());
  CHECK(batch.add(10, "3"));
  CHECK(batch.first_line() == 10);
  CHECK(batch.entries() == "3");
}

TEST_CASE("a batch is full at as many entries as it may have") {
  entry_batch batch(3);
  for (std::uint64_t i = 1; i <= 3; ++i)
    REQUIRE(batch.add(i, "1"));
  CHECK_FALSE(batch.add(4, "1"));
  CHECK(batch.count() == 3);
}

TEST_CASE("large entries fill a batch earlier, and one that is too large goes alone") {
  entry_batch batch(entry_batch::most_entries);
  const std::string large(entry_batch::max_bytes / 2, '1');
  CHECK(batch.add(1, large));
  CHECK_FALSE(batch.add(2, large));
  batch.clear();
  CHECK(batch.add(1, large + large + large));
  CHECK_FALSE(batch.add(2, "1"));
}
