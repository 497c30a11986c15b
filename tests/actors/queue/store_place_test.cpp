#include "actors/queue/store_place.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using namespace squall::actors;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string refusal_of(std::string_view text) {
  try {
    parse_store_place(text);
    return "it was taken";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

} // namespace

TEST_CASE("memory: and sqlite:PATH are stores") {
  CHECK(parse_store_place("memory:") == store_place{});
  CHECK(parse_store_place("sqlite:/var/lib/q.db").file == "/var/lib/q.db");
  CHECK(parse_store_place("sqlite:q.db").file == "q.db");
  CHECK(parse_store_place("sqlite:../a b/q:1.db").file == "../a b/q:1.db");
  CHECK(parse_store_place("sqlite:///var/lib/q.db").file->lexically_normal() == "/var/lib/q.db");
}

TEST_CASE("a store's text is read back") {
  for (const auto* text : {"memory:", "sqlite:/var/lib/q.db", "sqlite:q.db"})
    CHECK(to_string(parse_store_place(text)) == text);
}

TEST_CASE("what names no store is refused with what is taken") {
  for (const auto* text : {"", "sqlite", "sqlite:", "redis:x", "redis://h/0", "disk", ":"}) {
    CAPTURE(text);
    CHECK_THAT(refusal_of(text), ContainsSubstring("'" + std::string{text} + "'"));
    CHECK_THAT(
        refusal_of(text),
        ContainsSubstring("write sqlite:PATH for a file, postgres://HOST/DATABASE, or memory:"));
  }
}

TEST_CASE("what is nearly a store is refused with what was meant") {
  const auto check = [](std::string_view text, const std::string& meant) {
    CAPTURE(text);
    CHECK_THAT(refusal_of(text), ContainsSubstring("did you mean " + meant + " ?"));
  };
  check("/var/lib/q.db", "sqlite:/var/lib/q.db");
  check("./q.db", "sqlite:./q.db");
  check("sqlite3:q.db", "sqlite:q.db");
  check("SQLite:q.db", "sqlite:q.db");
  check("file:q.db", "sqlite:q.db");
  check("pg:d", "postgres://");
  check("memory", "memory:");
  check("mem:", "memory:");
  check(":memory:", "memory:");
  check("sqlite::memory:", "memory:");
}

TEST_CASE("a store in memory has no name") {
  CHECK_THAT(refusal_of("memory:q"), ContainsSubstring("'memory:q' is more than memory: alone"));
}

TEST_CASE("a SQLite file is on this machine") {
  CHECK_THAT(refusal_of("sqlite://host/q.db"), ContainsSubstring("another machine"));
}

TEST_CASE("postgres:// is a store on a server, whose password is not shown") {
  for (const std::string text : {"postgres://u:secret@h:5433/d", "postgresql://u:secret@h:5433/d",
                                 "postgres://h:5433/d?password=secret&user=u"}) {
    CAPTURE(text);
    const auto place = parse_store_place(text);
    CHECK(place.url == text);
    CHECK_FALSE(place.file);
    CHECK(to_string(place) == "postgres://h:5433/d");
  }
  CHECK(to_string(parse_store_place("postgres:///d?host=/run/pg")) == "postgres:///run/pg/d");
}

TEST_CASE("what is no URL of PostgreSQL's is refused, and its password is not shown") {
  for (const auto* text :
       {"postgres:u:secret@h", "postgres://u:secret@h/d?nothing=1", "postgresql://u:secret@[h/d",
        "postgres://u:secret@h/d%", "postgres://u:se/secret@h/d", "postgres://u:se@secret@h/d",
        "postgres://u:secret/@h/d", "pg://u:secret@h/d", "postgress://u:secret@h/d"}) {
    CAPTURE(text);
    CHECK_THAT(refusal_of(text), ContainsSubstring("postgres://"));
    CHECK_THAT(refusal_of(text), !ContainsSubstring("secret"));
  }
}
