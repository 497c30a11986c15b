#include "gateway/access/guard.hpp"

#include "gateway/access/token_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/log_lines.hpp"

using namespace squall::gateway::access;

namespace {

token make(const std::string& name, std::string_view secret, const char* scope,
           std::optional<std::int64_t> expires = {}) {
  token result;
  result.name = name;
  result.secret = digest_of(secret);
  REQUIRE_FALSE(result.may.add(scope));
  result.expires = expires;
  return result;
}

auto table(std::vector<token> tokens) {
  return std::make_shared<const token_table>(std::move(tokens));
}

struct rig {
  refusals counts{};
  squall::gateway::latest<token_table> tokens{table({})};
  guard watch{&tokens, counts};
  std::uint64_t refused(verdict why) const { return counts[static_cast<std::size_t>(why)]; }
};

constexpr need calls_prime{area::call, "prime"};

} // namespace

TEST_CASE("without a table everything is allowed") {
  refusals counts{};
  const guard open{nullptr, counts};
  CHECK(open.is_open());
  CHECK(visitor{open}.judge(calls_prime) == verdict::allowed);
  CHECK(visitor{open, "anything"}.judge({area::cluster}) == verdict::allowed);
}

TEST_CASE("a request is judged by its token, and one that is refused is counted") {
  rig r;
  r.tokens.put(table({make("a", "sa", "call:prime"), make("b", "sb", "admin", 1)}));
  CHECK(visitor{r.watch, "sa"}.judge(calls_prime) == verdict::allowed);
  CHECK(visitor{r.watch, "sa"}.judge({area::cluster}) == verdict::forbidden);
  CHECK(visitor{r.watch, "sb"}.judge(calls_prime) == verdict::expired);
  CHECK(visitor{r.watch, "sc"}.judge(calls_prime) == verdict::invalid);
  CHECK(visitor{r.watch, ""}.judge(calls_prime) == verdict::missing);
  CHECK(visitor{r.watch}.judge({area::none}) == verdict::allowed);
  CHECK(visitor{r.watch, "sa"}.check() == verdict::allowed);
  for (const auto why :
       {verdict::missing, verdict::invalid, verdict::expired, verdict::forbidden}) {
    CAPTURE(reason_of(why));
    CHECK(r.refused(why) == 1);
  }
  CHECK(r.refused(verdict::allowed) == 0);
}

TEST_CASE("of tokens that do not count the log has the peer, at times, and nothing of them") {
  const squall::tests::log_lines log;
  rig r;
  r.tokens.put(table({make("old", "so", "admin", 1), make("a", "sa", "call:prime")}));
  for (int i = 0; i < 5; ++i) {
    visitor{r.watch, "guess" + std::to_string(i), "192.0.2.7"}.judge(calls_prime);
    visitor{r.watch, "so", "192.0.2.8"}.check();
    visitor{r.watch, "sa", "192.0.2.9"}.judge({area::cluster});
    visitor{r.watch, "", "192.0.2.9"}.judge(calls_prime);
  }
  CHECK(r.refused(verdict::invalid) == 5);
  CHECK(log.text() == "warning a token that 192.0.2.7 has shown was refused: it is not known here\n"
                      "warning a token that 192.0.2.8 has shown was refused: it has expired\n");
}

TEST_CASE("an open connection goes by the tokens that there are now") {
  rig r;
  r.tokens.put(table({make("a", "sa", "call:prime")}));
  visitor who{r.watch, "sa"};
  CHECK(who.judge(calls_prime) == verdict::allowed);
  r.tokens.put(table({make("a", "sa", "cluster:read")}));
  CHECK(who.judge(calls_prime) == verdict::forbidden);
  CHECK(who.explain(verdict::forbidden, calls_prime) ==
        "this needs the scope call:prime; the token a has cluster:read");
  r.tokens.put(table({}));
  CHECK(who.judge(calls_prime) == verdict::invalid);
  r.tokens.put(table({make("a", "sa", "call:*")}));
  CHECK(who.judge(calls_prime) == verdict::allowed);
  who.show("other");
  CHECK(who.judge(calls_prime) == verdict::invalid);
}

TEST_CASE("what is open under a token has to end when that counts no more or allows less") {
  rig r;
  r.tokens.put(table({make("a", "sa", "call:prime")}));
  visitor who{r.watch, "sa"};
  CHECK(who.is_known());
  CHECK(who.loss() == std::nullopt);
  r.tokens.put(table({make("a", "sa", "call:*")}));
  CHECK(who.loss() == std::nullopt);
  r.tokens.put(table({make("a", "sa", "call:prime")}));
  CHECK(who.judge(calls_prime) == verdict::allowed); // which sees the change first
  CHECK(who.loss() == "this token allows less than it did");
  r.tokens.put(table({}));
  CHECK(who.loss() == "this token is not known here");
  CHECK_FALSE(who.is_known());
  r.tokens.put(table({make("a", "sa", "admin", 1)}));
  who.show("sa");
  CHECK(who.loss() == "this token has expired");
  CHECK(visitor{r.watch}.loss() == std::nullopt);
  CHECK_FALSE(visitor{r.watch}.is_known());
  const guard open{nullptr, r.counts};
  CHECK(visitor{open, "anything"}.loss() == std::nullopt);
  CHECK(visitor{open}.is_known());
}

TEST_CASE("a token stands for an earlier one when it allows all that this did") {
  rig r;
  r.tokens.put(table({make("a", "sa", "call:prime"), make("b", "sb", "call:*")}));
  visitor weak{r.watch, "sa"};
  visitor strong{r.watch, "sb"};
  CHECK_FALSE(strong.stands_for(weak)); // it has not been looked up
  CHECK(strong.check() == verdict::allowed);
  CHECK(weak.check() == verdict::allowed);
  CHECK(strong.stands_for(weak));
  CHECK_FALSE(weak.stands_for(strong));
  CHECK(weak.stands_for(visitor{r.watch}));

  r.tokens.put(table({make("b", "sb", "call:prime")}));
  visitor again{r.watch, "sb"};
  CHECK(again.check() == verdict::allowed);
  CHECK_FALSE(again.stands_for(strong)); // which has allowed more, and has not looked yet
  CHECK(strong.check() == verdict::allowed);
  CHECK_FALSE(again.stands_for(strong)); // and now it has
  CHECK(again.stands_for(weak));         // although that is revoked
  CHECK(weak.check() == verdict::invalid);
  CHECK_FALSE(again.stands_for(weak)); // nobody knows any more what it allowed
  const guard open{nullptr, r.counts};
  CHECK(visitor{open, "x"}.stands_for(visitor{open, "y"}));
}

TEST_CASE("a token comes as Authorization: Bearer") {
  CHECK(bearer_of("Bearer abc") == "abc");
  CHECK(bearer_of("bEARER \t abc ") == "abc");
  CHECK(bearer_of("Basic abc").empty());
  CHECK(bearer_of("Bearer").empty());
  CHECK(bearer_of("Bearerabc").empty());
  CHECK(bearer_of("").empty());
}

TEST_CASE("a subprotocol can carry a token, which is given back only when there is nothing else") {
  auto read = read_protocols("bearer.abc, squall.v1");
  CHECK(read.token == "abc");
  CHECK(read.chosen == "squall.v1");
  read = read_protocols(" squall.v1 ,bearer.abc");
  CHECK(read.token == "abc");
  CHECK(read.chosen == "squall.v1");
  read = read_protocols("chat, bearer.abc");
  CHECK(read.chosen == "bearer.abc");
  read = read_protocols("chat");
  CHECK(read.token.empty());
  CHECK(read.chosen.empty());
  CHECK(read_protocols("").chosen.empty());
}
