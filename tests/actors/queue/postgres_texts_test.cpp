// What is written for PostgreSQL to read: arrays, and news.
#include "actors/queue/postgres/array_text.hpp"
#include "actors/queue/postgres/news_text.hpp"

#include "tests/actors/queue/store_shelf.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace squall;
using namespace squall::tests;
using actors::postgres::array_text;
using actors::postgres::news_texts;
using actors::postgres::read_news;
using actors::postgres::storable;
using strings = std::vector<std::string>;

namespace {

/// What all these payloads say, read by somebody else; no more than one of them may have.
proto::store_news read_all(const strings& texts) {
  proto::store_news out;
  const auto add = [](auto& to, const auto& more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  for (const auto& text : texts) {
    REQUIRE(text.size() <= 7'999);
    REQUIRE_FALSE(read_news(text, "me"));
    const auto news = read_news(text, "you").value();
    out.all |= news.all;
    add(out.ready, news.ready);
    add(out.freed, news.freed);
    add(out.jobs, news.jobs);
    add(out.void_leases, news.void_leases);
    add(out.revoked, news.revoked);
  }
  return out;
}

} // namespace

TEST_CASE("an array is what PostgreSQL reads") {
  array_text numbers;
  CHECK(numbers.empty());
  CHECK(numbers.text() == "{}");
  numbers.add(1);
  numbers.add(std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(numbers.empty());
  CHECK(numbers.text() == "{1,-1}");
  array_text texts;
  for (const std::string_view each : {"", "NULL", "a,b", "{}", R"(say "\")", "\t\n", "\u00e9"})
    texts.add(each);
  CHECK(texts.text() == R"({"","NULL","a,b","{}","say \"\\\"",")"
                        "\t\n\",\"\u00e9\"}");
}

TEST_CASE("what PostgreSQL cannot keep as text becomes what comes nearest") {
  CHECK(storable("plain") == "plain");
  CHECK(storable("h\u00e9, \U0001F600") == "h\u00e9, \U0001F600");
  CHECK(storable(std::string{"a\0b", 3}) == "a?b");
  CHECK(storable("\xff|") == "\uFFFD|");
  CHECK(storable("cut \xe2\x82") == "cut \uFFFD");
  CHECK(storable("half of a pair \xed\xa0\x80").find('\xed') == std::string::npos);
}

TEST_CASE("a store on a server gives back every text as it was put, or what comes nearest") {
  shelf s{store_kind::postgres};
  const strings bodies{R"("\" {},; \\ \u0000")",
                       "\x01\x7f\t\r\n",
                       "",
                       "NULL",
                       std::string("a\0b", 3),
                       "\xff\xfe",
                       "\U0001F600 \uFFFF",
                       std::string(300'000, '"')};
  s.put(bodies);
  s.items->commit();
  const auto found = s.bodies();
  REQUIRE(found.size() == bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i)
    CHECK((found[i] == storable(bodies[i])));
}

TEST_CASE("a turn may put more than a statement takes") {
  shelf s{store_kind::postgres};
  for (int i = 0; i < 18; ++i)
    s.put({std::string(4 << 20, '"')});
  s.items->commit();
  CHECK(s.stats().ready == 18);
  CHECK(s.stats().bytes == std::uint64_t{18} * (4 << 20));
  CHECK(s.bodies().size() == 2);
}

TEST_CASE("no news are no texts") {
  CHECK(news_texts({}, "me").empty());
}

TEST_CASE("news are read as they were told, each once and in order") {
  proto::store_news news;
  news.all = true;
  news.ready = {"b", "a", "b"};
  news.freed = {"a"};
  news.jobs = {7, std::numeric_limits<std::int64_t>::max(), 7};
  news.void_leases = {"0123-1"};
  news.revoked = {"4567-2", "4567-2"};
  const auto texts = news_texts(news, "me");
  CHECK(texts.size() == 1);
  news.ready = {"a", "b"};
  news.revoked = {"4567-2"};
  auto read = read_all(texts);
  std::ranges::sort(read.jobs);
  news.jobs = {7, std::numeric_limits<std::int64_t>::max()};
  CHECK(read == news);
}

TEST_CASE("many news are several texts, each within PostgreSQL's bound") {
  proto::store_news news;
  for (std::uint64_t i = 10'000; i < 12'000; ++i) {
    news.ready.push_back(std::to_string(i) + std::string(123, 'q'));
    news.jobs.push_back(i);
  }
  const auto texts = news_texts(news, "me");
  CHECK(texts.size() > 30);
  CHECK(read_all(texts) == news);
}

TEST_CASE("news that cannot be read may be anything") {
  for (const auto* text : {"you\n", "you\n?new", "you\n\n+q"}) {
    CAPTURE(text);
    CHECK(read_news(text, "me").value().all);
  }
  CHECK(read_news("", "me").value() == proto::store_news{});
  CHECK(read_news("you", "me").value() == proto::store_news{});
}
