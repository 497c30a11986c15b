#include "gateway/http/head_scanner.hpp"

#include "tests/support/catch.hpp"

#include <string>

using squall::gateway::http::head_scanner;
using state = head_scanner::state;

namespace {

/// The status of the refusal; 0 when the head is good; -1 when it is incomplete.
int verdict(std::string_view head, head_scanner::limits limits = {}) {
  head_scanner scanner(limits);
  switch (scanner.scan(head)) {
  case state::more:
    return -1;
  case state::done:
    return 0;
  default:
    return scanner.why().status;
  }
}

int with(std::string_view header) {
  return verdict("POST / HTTP/1.1\r\nHost: h\r\n" + std::string(header) + "\r\n\r\n");
}

} // namespace

TEST_CASE("a good head is found at its end and not before") {
  const std::string head = "GET /a?b=c HTTP/1.1\r\nhoSt:\texample.com:80\r\nempty:\r\n\r\n";
  head_scanner scanner({});
  for (std::size_t size = 0; size < head.size(); ++size)
    REQUIRE(scanner.scan(std::string_view(head).substr(0, size)) == state::more);
  CHECK(scanner.scan(head + "body") == state::done);
  CHECK(scanner.size() == head.size());
}

TEST_CASE("a malformed request line is refused") {
  CHECK(verdict("GET /\r\n") == 400);
  CHECK(verdict("GET  / HTTP/1.1\r\n") == 400);
  CHECK(verdict("GET / \r\n") == 400);
  CHECK(verdict("GET /pa th HTTP/1.1\r\n") == 400);
  CHECK(verdict("GET\t/ HTTP/1.1\r\n") == 400);
  CHECK(verdict("G[T / HTTP/1.1\r\n") == 400);
  CHECK(verdict("GET / http/1.1\r\n") == 400);
  CHECK(verdict("GET / HTTP/1\r\n") == 400);
  CHECK(verdict("GET / HTTP/01.01\r\n") == 400);
  CHECK(verdict("GET /#a HTTP/1.1\r\n") == 400);
  CHECK(verdict("GET /caf\xc3\xa9 HTTP/1.1\r\n") == 400);
  CHECK(verdict("GET / HTTP/1.1\rHost: h\r\n\r\n") == 400);
  CHECK(verdict("GET / HTTP/1.1\nHost: h\n\n") == 400);
}

TEST_CASE("versions that are not spoken are refused as such") {
  CHECK(verdict("GET / HTTP/9.9\r\n") == 505);
  CHECK(verdict("GET / HTTP/1.2\r\n") == 505);
  CHECK(verdict("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
}

TEST_CASE("garbage is refused at its first byte, without waiting for a line") {
  CHECK(verdict("\x16\x03\x01") == 400);
  CHECK(verdict(std::string_view("GET /\0", 6)) == 400);
}

TEST_CASE("exactly one valid Host is required of HTTP/1.1") {
  CHECK(verdict("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(verdict("GET / HTTP/1.0\r\n\r\n") == 0);
  CHECK(with("Host: h") == 400);
  for (auto host : {"", "a b", "user@h", "h/path", "h,i", "h:port", "h:70000", "[::1", "[x]"})
    CHECK(verdict("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 400);
  for (auto host : {"h", "h:", "h:8888", "127.0.0.1:1", "[::1]:80", "[::1]"})
    CHECK(verdict("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 0);
}

TEST_CASE("more than one credential is refused") {
  CHECK(with("Authorization: Bearer a") == 0);
  CHECK(with("Authorization: Bearer a\r\nauthorization: Bearer b") == 400);
}

TEST_CASE("malformed headers are refused") {
  for (auto header : {"X-A : b", " X-A: b", "X-A: b\r\n folded", ": b", "no colon", "X[]: b",
                      "X-A: b\x07", "X-A: b\rc", "X-\xc3\xab: b", "X-A: b\nX-B: c"})
    CHECK(with(header) == 400);
  CHECK(with(std::string_view("X-A: \0", 6)) == 400);
  CHECK(with("X-A: caf\xc3\xa9\t!") == 0);
}

TEST_CASE("a length that is not one plain number is refused") {
  for (auto value : {"", "-1", "+5", "abc", "0x5", "1 0", "5, 5", "99999999999999999999",
                     "-123456789123456789123456789"})
    CHECK(with("Content-Length: " + std::string(value)) == 400);
  CHECK(with("Content-Length: 5\r\nContent-Length: 5") == 400);
  CHECK(with("Content-Length:\t5 ") == 0);
}

TEST_CASE("a transfer coding other than chunked, or beside a length, is refused") {
  CHECK(with("Transfer-Encoding: Chunked") == 0);
  CHECK(with("Transfer-Encoding: gzip") == 501);
  CHECK(with("Transfer-Encoding: identity") == 501);
  CHECK(with("Transfer-Encoding: chunked, gzip") == 400);
  CHECK(with("Transfer-Encoding: , chunked") == 400);
  CHECK(with("Transfer-Encoding: ") == 400);
  CHECK(with("Transfer-Encoding: \x0b"
             "chunked") == 400);
  CHECK(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked") == 400);
  CHECK(with("transfer-encoding: chunked\r\ncontent-length: 5") == 400);
  CHECK(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("an expectation other than 100-continue cannot be met") {
  CHECK(with("Expect: 200-ok") == 417);
  CHECK(with("Expect: 100-Continue") == 0);
}

TEST_CASE("size and number of headers are limited") {
  const head_scanner::limits limits{.bytes = 100, .headers = 3};
  CHECK(verdict("GET /" + std::string(100, 'a'), limits) == 414);
  CHECK(verdict(std::string(101, 'A'), limits) == 400);
  CHECK(verdict("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(80, 'a'), limits) == 431);
  CHECK(verdict("GET / HTTP/1.1\r\nHost: h\r\na: 1\r\nb: 1\r\n\r\n", limits) == 0);
  CHECK(verdict("GET / HTTP/1.1\r\nHost: h\r\na: 1\r\nb: 1\r\nc: 1\r\n", limits) == 431);
}
