#include "workers/fetch/params.hpp"

#include "tests/support/catch.hpp"

using namespace squall::workers::fetch;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

order read_order(const std::string& text) {
  CAPTURE(text);
  auto parsed = parse_params(text, 0);
  if (const auto* why = std::get_if<std::string>(&parsed)) FAIL(*why);
  return std::move(std::get<order>(parsed));
}

/// Reads `{"url": "http://a/", MORE}`.
request read(const std::string& more = {}) {
  return read_order(R"({"url":"http://a/")" + (more.empty() ? "" : "," + more) + "}")
      .requests.at(0);
}

std::string why(const std::string& text, std::uint32_t first_index = 0) {
  CAPTURE(text);
  auto parsed = parse_params(text, first_index);
  REQUIRE(std::holds_alternative<std::string>(parsed));
  return std::get<std::string>(parsed);
}

/// The refusal of `{"url": "http://a/", "member": value}` has to begin with the member's name.
void refuses(const std::string& member, const std::string& value, const std::string& says = {}) {
  const auto text = why(R"({"url":"http://a/",")" + member + "\":" + value + "}");
  CHECK_THAT(text, StartsWith(member + ": ") && ContainsSubstring(says));
}

} // namespace

TEST_CASE("without more than a URL the defaults are Tornado's") {
  const auto plain = read();
  CHECK(plain.target.text == "http://a/");
  CHECK(plain.method == "GET");
  CHECK(plain.headers.empty());
  CHECK_FALSE(plain.body);
  CHECK(plain.timeout == 20s);
  CHECK(plain.connect_timeout == 20s);
  CHECK(plain.follow_redirects);
  CHECK(plain.max_redirects == 5);
  CHECK(plain.max_body_bytes == 10 * 1024 * 1024);
  CHECK(plain.decompress);
  CHECK(plain.version == http_version::automatic);
}

TEST_CASE("every member is read") {
  const auto full =
      read(R"("method":"PUT","headers":{"A":"b","C":["d"," e "]},"body":"f","timeout_ms":1,)"
           R"("connect_timeout_ms":2,"follow_redirects":false,"max_redirects":3,)"
           R"("max_body_bytes":4,"decompress":false,"http_version":"2")");
  CHECK(full.method == "PUT");
  CHECK(full.headers == std::vector<field>{{"A", "b"}, {"C", "d"}, {"C", "e"}});
  CHECK(full.body == "f");
  CHECK(full.timeout == 1ms);
  CHECK(full.connect_timeout == 2ms);
  CHECK_FALSE(full.follow_redirects);
  CHECK(full.max_redirects == 3);
  CHECK(full.max_body_bytes == 4);
  CHECK_FALSE(full.decompress);
  CHECK(full.version == http_version::v2);
}

TEST_CASE("numbers and booleans may be strings, as a query string has them") {
  const auto made = read(R"("timeout_ms":"7","max_redirects":"0","decompress":"false",)"
                         R"("follow_redirects":"true")");
  CHECK(made.timeout == 7ms);
  CHECK(made.max_redirects == 0);
  CHECK_FALSE(made.decompress);
  CHECK(made.follow_redirects);
}

TEST_CASE("a body is text, base64 or JSON") {
  CHECK(read(R"("method":"POST","body":"\u00e4")").body == "\u00e4");
  CHECK(read(R"("method":"POST","body_base64":"AP8=")").body == std::string("\0\xff", 2));
  const auto json = read(R"("method":"POST","json": {"a":[1,null]} )");
  CHECK(json.body == R"({"a":[1,null]})");
  CHECK(json.headers == std::vector<field>{{"Content-Type", "application/json"}});
  CHECK(read(R"("method":"POST","json":1,"headers":{"content-type":"x"})").headers.size() == 1);
  refuses("body_base64", "\"?\"", "no base64");
  refuses("body", "1", "string");
  refuses("body", "\"\"", "GET takes no body");
  refuses("json", "1", "GET takes no body");
  refuses("json", R"(1,"method":"POST","body":"x")", "only one");
}

TEST_CASE("a body of JSON is sent as it was written, whatever its numbers") {
  for (const std::string value : {"123456789012345678901234567890", "-1E999", "0.10",
                                  R"({ "b":1,"a" : [ 2 ],"b":3 })", R"("\u00e4 \/")", "null"}) {
    CHECK(read(R"("method":"POST","json":)" + value).body == value);
    CHECK(read(R"("method":"POST","js\u006fn" : )" + value).body == value);
    CHECK(read_order(R"({"requests":[{"url":"http://a/","json":)" + value + R"(,"method":"PUT"}]})")
              .requests.at(0)
              .body == value);
  }
  refuses("json", "\"\xff\"", "UTF-8");
}

TEST_CASE("a member that is there twice is refused") {
  CHECK_THAT(why(R"({"url":"http://a/","url":"http://b/"})"), StartsWith("url: is there twice"));
  CHECK_THAT(why(R"({"requests":[{"url":"http://a/","json":1,"js\u006fn":2}]})", 7),
             StartsWith("requests[7].json: is there twice"));
}

TEST_CASE("auth is a user with a password, or a bearer token") {
  CHECK(read(R"("auth":{"username":"Aladdin","password":"open sesame"})").authorization ==
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(read(R"("auth":{"bearer":"abc"})").authorization == "Bearer abc");
  refuses("auth", "1");
  refuses("auth", "{}");
  refuses("auth", R"({"username":"a"})");
  refuses("auth", R"({"bearer":"a","username":"b","password":"c"})");
  refuses("auth", R"({"bearer":"a\nb"})", "bearer");
  refuses("auth", R"({"username":"a:b","password":"c"})", "colon");
  refuses("auth", R"({"bearer":"a"},"headers":{"authorization":"b"})", "already");
}

TEST_CASE("user and password of the URL are Basic authentication, and leave the URL") {
  const auto made = read_order(R"({"url":"http://Aladdin:open%20sesame@a/"})").requests[0];
  CHECK(made.authorization == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(made.target == std::get<url>(parse_url("http://a/")));
  const auto both = read_order(R"({"url":"http://b:c@a/","auth":{"bearer":"d"}})").requests[0];
  CHECK(both.authorization == "Bearer d");
}

TEST_CASE("members that cannot be used are refused by name") {
  refuses("method", "\"get\"");
  refuses("method", "\"G T\"");
  refuses("method", "\"\"");
  refuses("method", "1");
  refuses("method", "\"CONNECT\"");
  for (const auto* name : {"timeout_ms", "connect_timeout_ms"})
    for (const auto* value : {"0", "-1", "1.5", "86400001", "\"x\"", "\"\"", "null", "[1]"})
      refuses(name, value, "from 1 to 86400000");
  refuses("max_redirects", "101");
  refuses("max_body_bytes", "104857601");
  refuses("max_body_bytes", "18446744073709551616");
  refuses("follow_redirects", "1", "true or false");
  refuses("decompress", "\"yes\"", "true or false");
  refuses("http_version", "\"3\"");
  refuses("http_version", "2");
  refuses("x", "1", "no such member");
}

TEST_CASE("header fields with line breaks or NULs, or that frame the message, are refused") {
  refuses("headers", "[]");
  refuses("headers", R"({"A":1})");
  refuses("headers", R"({"A":["b",1]})");
  for (const auto* value :
       {R"("b\r\nC: d")", R"("b\n")", R"("\rb")", R"("b\u0000c")", R"(["a","\n"])"})
    refuses("headers", R"({"A":)" + std::string(value) + "}", "line break");
  for (const auto* name : {"", "A B", "A:", "A\\r\\nB", "A\\u0000", "\\u00e4"})
    refuses("headers", "{\"" + std::string(name) + "\":\"b\"}", "no name");
  for (const auto* name : {"Content-Length", "transfer-encoding", "CONNECTION", "Upgrade", "TE",
                           "Proxy-Authorization", "Expect"})
    refuses("headers", "{\"" + std::string(name) + "\":\"b\"}", "not the client's");
}

TEST_CASE("params that are no request are refused") {
  CHECK_THAT(why("{}"), StartsWith("url: is missing"));
  CHECK_THAT(why(R"({"url":1})"), StartsWith("url: "));
  CHECK_THAT(why(R"({"url":["http://a/","http://b/"]})"), StartsWith("url: a string"));
  CHECK_THAT(why(R"({"url":"ftp://a/"})"), StartsWith("url: is neither"));
  CHECK_THAT(why(R"({"url":"a"})"), StartsWith("url: "));
  CHECK_THAT(why("[]"), StartsWith("params: "));
  CHECK_THAT(why("x"), StartsWith("params: "));
  const auto deep = R"({"url":"http://a/","method":"POST","json":)" + std::string(100'000, '[') +
                    std::string(100'000, ']') + "}";
  CHECK_THAT(why(deep), ContainsSubstring("deep"));
}

TEST_CASE("a list has 1 to 1,000 requests, and a refusal names the place") {
  const auto two = read_order(R"({"requests":[{"url":"http://a/"},{"url":"http://b/"}]})");
  CHECK(two.list);
  CHECK(two.requests.at(1).target.host == "b");
  CHECK_FALSE(read_order(R"({"url":"http://a/"})").list);
  CHECK_THAT(why(R"({"requests":[]})"), StartsWith("requests: "));
  CHECK_THAT(why(R"({"requests":{}})"), StartsWith("requests: "));
  CHECK_THAT(why(R"({"requests":[],"url":"http://a/"})"), StartsWith("requests: stands alone"));
  CHECK_THAT(why(R"({"requests":[{"url":"http://a/"},{"method":"GET"}]})", 40),
             StartsWith("requests[41].url: "));
  CHECK_THAT(why(R"({"requests":[1]})"), StartsWith("requests[0]: "));
  std::string many = R"({"requests":[{"url":"http://a/"})";
  for (int i = 0; i < 1'000; ++i)
    many += R"(,{"url":"http://a/"})";
  CHECK_THAT(why(many + "]}"), StartsWith("requests: "));
}
