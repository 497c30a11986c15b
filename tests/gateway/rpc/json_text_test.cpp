#include "gateway/rpc/json_text.hpp"

#include "tests/support/catch.hpp"

#include <string>

using squall::gateway::rpc::is_utf8;

TEST_CASE("UTF-8 is told from what is none") {
  for (const auto* good : {"", "plain", "\u00e4\u00df", "\u0080\u07ff\u0800\ud7ff\ue000\uffff",
                           "\U00010000\U0010ffff", "a\u20ac", "1e999"})
    CHECK(is_utf8(good));
  for (const auto* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf",
                          "\xe2\x82", "\xe2(\xa1", "\xe2\x82(", "\xed\xa0\x80", "\xed\xbf\xbf",
                          "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf0\x90\x80(", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xff", "ok\xc3\xa4\xe2\x82"}) {
    INFO(bad);
    CHECK_FALSE(is_utf8(bad));
    CHECK_FALSE(is_utf8("before " + std::string(bad) + " behind"));
  }
}
