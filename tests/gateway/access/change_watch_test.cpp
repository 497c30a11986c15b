#include "gateway/access/change_watch.hpp"

#include "tests/support/catch.hpp"

#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

using namespace squall::gateway::access;
using namespace std::chrono_literals;

namespace {

const change_watch::time_point start{1'700'000'000s};

/// A table of tokens that expire so long behind the start.
auto expiring(std::initializer_list<std::chrono::milliseconds> times) {
  std::vector<token> all;
  for (const auto each : times)
    all.emplace_back().expires =
        std::chrono::duration_cast<std::chrono::milliseconds>(start.time_since_epoch()).count() +
        each.count();
  all.emplace_back(); // never
  return std::make_shared<const token_table>(std::move(all));
}

} // namespace

TEST_CASE("tokens that are replaced are a change, once") {
  squall::gateway::latest<token_table> tokens{expiring({})};
  change_watch watch{tokens, start};
  CHECK_FALSE(watch.has_changed(start));
  tokens.put(expiring({}));
  CHECK(watch.has_changed(start));
  CHECK_FALSE(watch.has_changed(start + 24h));
}

TEST_CASE("each expiry is a change when its time has come") {
  squall::gateway::latest<token_table> tokens{expiring({2s, 1s, -1s})};
  change_watch watch{tokens, start};
  CHECK_FALSE(watch.has_changed(start + 999ms));
  CHECK(watch.has_changed(start + 1s));
  CHECK_FALSE(watch.has_changed(start + 1500ms));
  CHECK(watch.has_changed(start + 2s));
  CHECK_FALSE(watch.has_changed(start + 24h));
  tokens.put(expiring({48h}));
  CHECK(watch.has_changed(start + 24h));
  CHECK(watch.has_changed(start + 49h));
}
