#include "workers/fetch/redirect.hpp"

#include "tests/support/catch.hpp"

using namespace squall::workers::fetch;

namespace {

request original(const std::string& method) {
  request made;
  made.target = std::get<url>(parse_url("http://a.example/b"));
  made.method = method;
  made.headers = {{"Authorization", "x"}, {"cookie", "y"},       {"Host", "z"},
                  {"Accept", "w"},        {"Content-Type", "v"}, {"Content-Encoding", "u"}};
  made.authorization = "Basic t";
  made.body = "body";
  return made;
}

request after(const std::string& method, long status, const std::string& location = "/c") {
  auto next = redirected(original(method), status, location);
  REQUIRE(std::holds_alternative<request>(next));
  return std::get<request>(next);
}

std::vector<std::string> names(const request& from) {
  std::vector<std::string> found;
  for (const auto& each : from.headers)
    found.push_back(each.name);
  return found;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("these statuses lead elsewhere, and no others") {
  for (long status : {301, 302, 303, 307, 308})
    CHECK(is_redirect(status));
  for (long status : {200, 201, 300, 304, 305, 306, 309, 404})
    CHECK_FALSE(is_redirect(status));
}

TEST_CASE("303, and 301 and 302 after POST, go on as GET without the body and what tells of it") {
  const std::pair<const char*, long> changing[] = {{"POST", 301}, {"POST", 302},   {"POST", 303},
                                                   {"PUT", 303},  {"DELETE", 303}, {"GET", 303}};
  for (const auto& [method, status] : changing) {
    CAPTURE(method, status);
    const auto next = after(method, status);
    CHECK(next.method == "GET");
    CHECK_FALSE(next.body);
    CHECK(names(next) == strings{"Authorization", "cookie", "Host", "Accept"});
  }
}

TEST_CASE("all other redirects keep method, body and header") {
  const std::pair<const char*, long> keeping[] = {{"GET", 301},  {"PUT", 301},  {"PUT", 302},
                                                  {"POST", 307}, {"POST", 308}, {"PATCH", 302}};
  for (const auto& [method, status] : keeping) {
    CAPTURE(method, status);
    const auto next = after(method, status);
    CHECK(next.method == method);
    CHECK(next.body == "body");
    CHECK(next.headers.size() == 6);
  }
  CHECK(after("HEAD", 303).method == "HEAD");
}

TEST_CASE("another origin gets no credentials") {
  for (const auto* location :
       {"http://b.example/", "https://a.example/", "http://a.example:81/", "//b.example"}) {
    CAPTURE(location);
    const auto next = after("PUT", 307, location);
    CHECK(next.authorization.empty());
    CHECK(names(next) == strings{"Accept", "Content-Type", "Content-Encoding"});
  }
  const auto same = after("PUT", 307, "http://A.example:80/d");
  CHECK(same.authorization == "Basic t");
  CHECK(same.headers.size() == 6);
}

TEST_CASE("user and password in a redirect are not used") {
  const auto next = after("GET", 302, "http://user:password@a.example/");
  CHECK(next.target.user.empty());
  CHECK(next.target.password.empty());
  CHECK(next.target.text == "http://a.example/");
}

TEST_CASE("a redirect to what cannot be fetched is a fault") {
  auto to_file = redirected(original("GET"), 302, "file:///etc/passwd");
  REQUIRE(std::holds_alternative<fault>(to_file));
  CHECK(std::get<fault>(to_file).why == reason::blocked);
  auto broken = redirected(original("GET"), 302, "http://a:b/");
  REQUIRE(std::holds_alternative<fault>(broken));
  CHECK(std::get<fault>(broken).why == reason::protocol);
  CHECK(std::get<fault>(broken).url == "http://a.example/b");
}
