#include "deploy/supervisor/difference.hpp"
#include "deploy/supervisor/plan.hpp"
#include "deploy/supervisor/plan_json.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

using namespace squall;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using manifest::scaling;
using supervisor::plan;

namespace {

plan plan_with(std::optional<scaling> scale, std::uint32_t replicas) {
  manifest::manifest of;
  of.name = "shop";
  manifest::worker_group workers;
  workers.name = "compute";
  workers.replicas = replicas;
  workers.scale = scale;
  workers.pools = {{"prime", "4"}};
  of.workers = {workers};
  return supervisor::make_plan(of, "");
}

std::uint32_t kept(const plan& wanted, const plan& now) {
  return keep_scaled(wanted, now).groups.front().replicas;
}

constexpr scaling two_to_four{2, 4, 100ms, 60s};

} // namespace

TEST_CASE("a group that scales itself is as large as it was, within its limits") {
  const auto wanted = plan_with(two_to_four, 2);
  CHECK(kept(wanted, {}) == 2);
  CHECK(kept(wanted, plan_with(two_to_four, 3)) == 3);
  CHECK(kept(wanted, plan_with(scaling{1, 9, 100ms, 60s}, 9)) == 4);
  CHECK(kept(wanted, plan_with(std::nullopt, 1)) == 2);
  CHECK(kept(plan_with(std::nullopt, 1), plan_with(two_to_four, 3)) == 1);
}

TEST_CASE("nobody else scales a group that scales itself") {
  CHECK_THROWS_AS(scaled(plan_with(two_to_four, 2), "compute", 3), std::invalid_argument);
  CHECK_THROWS_WITH(scaled(plan_with(two_to_four, 2), "compute", 3),
                    ContainsSubstring("scales itself between 2 and 4 processes"));
}

TEST_CASE("how a group scales itself is kept in a plan's JSON") {
  for (const auto& scale : {std::optional(two_to_four), std::optional<scaling>()}) {
    const auto again = nlohmann::json(plan_with(scale, 2)).get<plan>();
    CHECK(again.groups.front().scale == scale);
  }
}

TEST_CASE("another way to scale is a difference, though no process differs") {
  const auto now = plan_with(two_to_four, 2);
  CHECK(scaling_lines(now, now).empty());
  supervisor::difference what;
  CHECK(what.empty());
  what.scaling = scaling_lines(now, plan_with(scaling{2, 8, 50ms, 60s}, 2));
  CHECK_FALSE(what.empty());
  CHECK(describe(what) ==
        std::vector<std::string>{"~ group compute: 2 to 4, target_waiting 100ms, down_after 60s "
                                 "-> 2 to 8, target_waiting 50ms, down_after 60s"});
  what.scaling = scaling_lines(now, plan_with(std::nullopt, 2));
  CHECK_THAT(describe(what).front(), ContainsSubstring("-> (fixed number)"));
}
