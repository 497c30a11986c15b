#include "workers/fetch/settings.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace squall::workers::fetch;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("addresses for names are written as libcurl wants them") {
  for (const auto* text : {"a:80:127.0.0.1", "a.b:65535:10.0.0.1,::1", "a:1:[::1]"})
    CHECK_NOTHROW(check_resolve(text));
  for (const std::string text : {"", "a", "a:80", "a:80:", ":80:1.1.1.1", "a:0:1.1.1.1",
                                 "a:x:1.1.1.1", "a:65536:1.1.1.1", "a:80:b", "a:80:1.1.1.1,"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(check_resolve(text), ContainsSubstring("'" + text + "'"));
  }
}

TEST_CASE("a proxy is an http URL") {
  CHECK_NOTHROW(check_proxy("http://user:password@127.0.0.1:3128"));
  for (const auto* text : {"", "a:1", "https://a:1", "socks5://a:1"})
    CHECK_THROWS_AS(check_proxy(text), std::invalid_argument);
}

TEST_CASE("a file without certificates is refused") {
  CHECK_THROWS_WITH(check_ca_file("/no/such/file"), ContainsSubstring("'/no/such/file'"));
  CHECK_THROWS_AS(check_ca_file("/etc/passwd"), std::invalid_argument);
}
