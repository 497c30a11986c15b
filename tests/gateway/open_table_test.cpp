#include "gateway/open_table.hpp"

#include "gateway/dispatcher.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <random>
#include <set>

using squall::gateway::answer_sink;
using open_calls = squall::gateway::open_table<answer_sink>;

namespace {

struct nobody final : answer_sink {
  void on_answer(std::uint64_t, squall::proto::result&&) override {}
};

} // namespace

TEST_CASE("a call is found once, by its own id alone") {
  nobody sink;
  open_calls calls{3};
  const auto id = calls.add({&sink, 42});
  CHECK(id >> squall::proto::bridge_shift == 3);
  CHECK_FALSE(calls.remove(id + 1));
  CHECK_FALSE(calls.remove(0));
  const auto found = calls.remove(id);
  REQUIRE(found);
  CHECK(found->sink == &sink);
  CHECK(found->tag == 42);
  CHECK_FALSE(calls.remove(id));
}

TEST_CASE("the id of a call that has ended does not name the next one in its place") {
  nobody sink;
  open_calls calls{1};
  const auto first = calls.add({&sink, 1});
  calls.remove(first);
  const auto second = calls.add({&sink, 2});
  CHECK(first != second);
  CHECK_FALSE(calls.remove(first));
  CHECK(calls.remove(second)->tag == 2);
}

TEST_CASE("many calls come and go in any order") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  nobody sink;
  open_calls calls{255};
  std::map<std::uint64_t, std::uint64_t> open;
  std::set<std::uint64_t> used;
  for (std::uint64_t tag = 0; tag < 20'000; ++tag) {
    if (random() % 3 != 0) {
      const auto id = calls.add({&sink, tag});
      CHECK(used.insert(id).second);
      open.emplace(id, tag);
    } else if (!open.empty()) {
      auto which = std::next(open.begin(), static_cast<long>(random() % open.size()));
      const auto found = calls.remove(which->first);
      REQUIRE(found);
      CHECK(found->tag == which->second);
      open.erase(which);
    }
    CHECK(calls.size() == open.size());
  }
}
