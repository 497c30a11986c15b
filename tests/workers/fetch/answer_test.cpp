#include "workers/fetch/answer.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall::workers::fetch;
using nlohmann::json;

namespace {

answer some() {
  answer made;
  made.status = 404;
  made.reason = "Not Found";
  made.headers = {{"Set-Cookie", "a"}, {"B", "c"}, {"set-cookie", "d"}, {"SET-COOKIE", "e"}};
  made.body = "text \u00e4";
  made.url = "http://a/";
  made.redirects = 2;
  made.version = "1.1";
  made.times.first_byte = 1.23456;
  return made;
}

} // namespace

TEST_CASE("an answer's JSON keeps repeated fields, in their order") {
  const auto got = json::parse(to_json(some()));
  CHECK(got["status"] == 404);
  CHECK(got["reason"] == "Not Found");
  CHECK(got["headers"] == json{{"set-cookie", {"a", "d", "e"}}, {"b", "c"}});
  CHECK(got["body"] == "text \u00e4");
  CHECK_FALSE(got.contains("body_base64"));
  CHECK(got["url"] == "http://a/");
  CHECK(got["redirects"] == 2);
  CHECK(got["http_version"] == "1.1");
  CHECK(got["timing"]["first_byte"] == 1.23);
}

TEST_CASE("an answer's text has the fields in the order of their coming, and times of two digits") {
  auto made = some();
  made.times = {0, 0.5, 1.005, 12.999, 1200};
  CHECK(to_json(made) ==
        R"({"status":404,"reason":"Not Found","headers":{"set-cookie":["a","d","e"],"b":"c"},)"
        "\"body\":\"text \u00e4\","
        R"("url":"http://a/","redirects":2,"http_version":"1.1","timing":{"dns":0.0,"connect":0.5,)"
        R"("tls":1.0,"first_byte":13.0,"total":1200.0}})");
}

TEST_CASE("a body that is no UTF-8 is base64, a field is read as Latin-1") {
  auto odd = some();
  odd.body = std::string("\0\xff", 2);
  odd.headers = {{"A", "gr\xfcn"}};
  odd.reason = "\xe4";
  const auto got = json::parse(to_json(odd));
  CHECK(got["body_base64"] == "AP8=");
  CHECK_FALSE(got.contains("body"));
  CHECK(got["headers"]["a"] == "gr\u00fcn");
  CHECK(got["reason"] == "\u00e4");
}

TEST_CASE("a fault tells its reason and where it happened") {
  const fault blocked{reason::blocked, "no", "http://a/"};
  CHECK(json::parse(data_of(blocked)) == json{{"reason", "blocked"}, {"url", "http://a/"}});
  CHECK(json::parse(to_json(blocked)) ==
        json{{"error", {{"reason", "blocked"}, {"message", "no"}, {"url", "http://a/"}}}});
  CHECK(name(reason::too_many_redirects) == "too_many_redirects");
}

TEST_CASE("the first Location counts, whatever its case") {
  answer from;
  CHECK(location_of(from).empty());
  from.headers = {{"A", "b"}, {"location", "/c"}, {"Location", "/d"}};
  CHECK(location_of(from) == "/c");
}
