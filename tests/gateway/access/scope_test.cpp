#include "gateway/access/scope.hpp"

#include "tests/support/catch.hpp"

using namespace squall::gateway::access;

namespace {

scopes granting(std::initializer_list<const char*> texts) {
  scopes result;
  for (const auto* text : texts)
    REQUIRE_FALSE(result.add(text));
  return result;
}

} // namespace

TEST_CASE("a scope allows what it names and nothing else") {
  CHECK(granting({"call:prime"}).allow({area::call, "prime"}));
  CHECK_FALSE(granting({"call:prime"}).allow({area::call, "primes"}));
  CHECK_FALSE(granting({"call:prime"}).allow({area::call, ""}));
  CHECK(granting({"call:*"}).allow({area::call, "anything"}));
  CHECK_FALSE(granting({"call:*"}).allow({area::jobs_write}));
  CHECK(granting({"jobs:read"}).allow({area::jobs_read}));
  CHECK_FALSE(granting({"jobs:read"}).allow({area::jobs_write}));
  CHECK_FALSE(granting({"jobs:write"}).allow({area::jobs_read}));
  CHECK(granting({"schedules:*"}).allow({area::schedules}));
  CHECK(granting({"cluster:read"}).allow({area::cluster}));
  CHECK(granting({"call:a", "call:b"}).allow({area::call, "b"}));
}

TEST_CASE("a queue's scope is good for that queue and for what was leased, not for all queues") {
  const auto one = granting({"queues:orders"});
  CHECK(one.allow({area::queues, "orders"}));
  CHECK_FALSE(one.allow({area::queues, "others"}));
  CHECK_FALSE(one.allow({area::queues}));
  CHECK(one.allow({area::leases}));
  CHECK(granting({"queues:*"}).allow({area::queues}));
  CHECK_FALSE(granting({"jobs:write"}).allow({area::leases}));
}

TEST_CASE("admin allows everything, and no scope at all what is not guarded") {
  for (const auto of : {area::call, area::jobs_read, area::jobs_write, area::queues, area::leases,
                        area::schedules, area::cluster})
    CHECK(granting({"admin"}).allow({of, "x"}));
  CHECK(scopes{}.allow({area::none}));
  CHECK_FALSE(scopes{}.allow({area::cluster}));
}

TEST_CASE("scopes cover others when they allow all that those do") {
  CHECK(granting({"admin"}).cover(granting({"admin", "call:x"})));
  CHECK(granting({"admin"}).cover(granting({})));
  CHECK(granting({"call:*", "jobs:read"}).cover(granting({"call:x", "call:y", "jobs:read"})));
  CHECK(granting({"queues:q"}).cover(granting({"queues:q"})));
  CHECK_FALSE(granting({"call:*", "jobs:read"}).cover(granting({"admin"})));
  CHECK_FALSE(granting({"call:x"}).cover(granting({"call:*"})));
  CHECK_FALSE(granting({"jobs:write"}).cover(granting({"jobs:write", "jobs:read"})));
}

TEST_CASE("what is no scope is told, with those that there are") {
  for (const auto* text : {"", "call", "call:", "call:a b", "jobs:*", "jobs", "admin:*", "queue:x",
                           "schedules:x", "Admin", "call:*x", "cluster:write"}) {
    CAPTURE(text);
    scopes none;
    const auto wrong = none.add(text);
    REQUIRE(wrong);
    CHECK(wrong->find("jobs:write") != std::string::npos);
    CHECK(none.texts().empty());
  }
}

TEST_CASE("what is needed is said as a scope that would allow it") {
  for (const need& what : {need{area::call, "prime"}, need{area::queues, "q"}, need{area::queues},
                           need{area::leases}, need{area::jobs_read}, need{area::jobs_write},
                           need{area::schedules}, need{area::cluster}}) {
    scopes one;
    CAPTURE(scope_of(what));
    CHECK_FALSE(one.add(scope_of(what)));
    CHECK(one.allow(what));
  }
}
