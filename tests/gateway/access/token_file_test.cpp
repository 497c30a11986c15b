#include "gateway/access/token_file.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <fstream>

using namespace squall;
using namespace squall::gateway::access;

namespace {

const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string zeros(64, '0');

} // namespace

TEST_CASE("a line has a name, a digest, scopes and perhaps a time") {
  const auto read = read_tokens("# tokens\n\n  ci\t" + abc + " call:prime,jobs:read \r\n" + "ops " +
                                zeros + " admin 2030-01-01T00:00:00Z");
  REQUIRE(read.mistakes.empty());
  REQUIRE(read.tokens.size() == 2);
  CHECK(read.tokens[0].name == "ci");
  CHECK(read.tokens[0].secret == digest_of("abc"));
  CHECK(read.tokens[0].may.texts() == std::vector<std::string>{"call:prime", "jobs:read"});
  CHECK_FALSE(read.tokens[0].expires);
  CHECK(read.tokens[1].expires == 1'893'456'000'000);
}

TEST_CASE("every mistake of a file is told with its line, and never a digest") {
  const auto read = read_tokens("ci " + abc + "\n" +          // no scope
                                "a/b " + zeros + " admin\n" + // name
                                "x 12zz admin\n" +            // digest
                                "y " + abc + " call:\n" +     // scope
                                "z " + abc + " admin tomorrow\n" + "ok " + abc + " admin\n" +
                                "ok " + abc + " , \n");
  const auto& all = read.mistakes;
  REQUIRE(all.size() >= 8);
  CHECK(all[0].find("line 1: 2 words") == 0);
  CHECK(all[1].find("line 2: 'a/b' is no name") == 0);
  CHECK(all[2].find("line 3: ") == 0);
  CHECK(all[3].find("line 4: 'call:' is no scope") == 0);
  CHECK(all[4].find("line 5: the token of line 4 is here again") == 0);
  CHECK(all[5].find("line 5: 'tomorrow' is no time") == 0);
  CHECK(all.back() == "line 7: no scope is given");
  for (const auto& each : all) {
    CHECK(each.find(abc) == std::string::npos);
    CHECK(each.find("12zz") == std::string::npos);
  }
}

TEST_CASE("a line that is written is read again") {
  token one;
  one.name = "ci";
  one.secret = digest_of("abc");
  CHECK_FALSE(one.may.add("call:*"));
  CHECK_FALSE(one.may.add("queues:orders"));
  CHECK(token_line(one) == "ci " + abc + " call:*,queues:orders\n");
  one.expires = 1'893'456'000'000;
  const auto read = read_tokens(token_line(one));
  REQUIRE(read.tokens.size() == 1);
  CHECK(read.tokens[0].expires == one.expires);
}

TEST_CASE("a file that cannot be used is named") {
  tests::scratch_folder folder;
  const auto file = folder.path() / "tokens";
  CHECK_THROWS_WITH(load_tokens(file),
                    Catch::Matchers::ContainsSubstring("tokens: cannot be read"));
  std::ofstream{file} << "ci\nops x y z\n";
  CHECK_THROWS_WITH(load_tokens(file), Catch::Matchers::ContainsSubstring("tokens: line 1") &&
                                           Catch::Matchers::ContainsSubstring("tokens: line 2"));
  CHECK_THROWS_AS(load_tokens(folder.path()), bad_tokens);
  std::ofstream{file} << "ci " << abc << " admin\n";
  CHECK(load_tokens(file)->size() == 1);
}
