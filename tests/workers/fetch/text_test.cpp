#include "workers/fetch/text.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace squall::workers::fetch;

TEST_CASE("UTF-8 is told from what is none") {
  for (const auto* text :
       {"", "abc", "\u00e4\u00f6", "\u20ac", "\U0001f600", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(text));
  CHECK(is_utf8(std::string_view{"a\0b", 3}));
  for (const auto* text :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe4z"})
    CHECK_FALSE(is_utf8(text));
}

TEST_CASE("what is no UTF-8 is read as Latin-1") {
  CHECK(as_utf8("gr\xfcn") == "gr\u00fcn");
  CHECK(as_utf8("gr\u00fcn") == "gr\u00fcn");
}

TEST_CASE("base64 goes there and back") {
  const std::pair<std::string, std::string> known[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"},
                                                       {std::string("\0\xff\xfe", 3), "AP/+"}};
  for (const auto& [bytes, text] : known) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
  }
  for (const auto* text :
       {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zg==Zg==", "Zm 9", "Zm9-", "Zm9v\n"})
    CHECK_FALSE(from_base64(text));
}

TEST_CASE("tokens are told from what is none") {
  CHECK(is_token("X-a_1!#"));
  for (const auto* text : {"", "a b", "a:", "a\n", "\u00e4", "a(", "\"a\""})
    CHECK_FALSE(is_token(text));
}

TEST_CASE("hosts and names are compared without case, hosts without the root's dot") {
  CHECK(host_key("ExAmple.ORG.") == "example.org");
  CHECK(host_key(".") == ".");
  CHECK(same_name("Content-Type", "content-type"));
  CHECK_FALSE(same_name("a", "ab"));
  CHECK(trimmed("\t a b \r\n") == "a b");
  CHECK(trimmed("  ").empty());
}

TEST_CASE("a text is quoted as the JSON library does it, whatever its characters") {
  for (int c = 0; c < 0x80; ++c) {
    const auto text = "before" + std::string(1, static_cast<char>(c)) + "\u00e4 after";
    std::string quoted = "x";
    append_quoted(quoted, text);
    CHECK(quoted == "x" + nlohmann::json(text).dump());
  }
  std::string quoted;
  append_quoted(quoted, "");
  append_quoted(quoted, "gr\xfcn");
  CHECK(quoted == "\"\"\"gr\u00fcn\"");
}

TEST_CASE("UTF-8 is known wherever in a long text it is none") {
  const std::string text = "0123456789 \u00e4 0123456789 \U0001f600 0123456789";
  CHECK(is_utf8(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto broken = text;
    broken[i] = '\xff';
    CHECK_FALSE(is_utf8(broken));
  }
}

TEST_CASE("a JSON string without escapes is taken as it stands") {
  CHECK(plain_string(R"("")") == "");
  CHECK(plain_string(R"("a b")") == "a b");
  CHECK(plain_string(R"("a\n")") == std::nullopt);
  CHECK(plain_string("\"\xff\"") == std::nullopt);
  CHECK(plain_string("12") == std::nullopt);
}
