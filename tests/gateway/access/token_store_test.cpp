#include "gateway/access/token_store.hpp"

#include "gateway/access/token_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

using namespace squall;
using namespace squall::gateway::access;
namespace fs = std::filesystem;

namespace {

token make(const std::string& name) {
  token result;
  result.name = name;
  result.secret = digest_of(name);
  REQUIRE_FALSE(result.may.add("admin"));
  return result;
}

std::string text_of(const fs::path& file) {
  std::ifstream stream{file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

} // namespace

TEST_CASE("a secret is 43 characters of base64url behind its mark, and another one each time") {
  std::set<std::string> all;
  for (int i = 0; i < 200; ++i) {
    const auto secret = make_secret();
    CHECK(secret.size() == 46);
    CHECK(secret.starts_with("sq_"));
    CHECK(secret.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    all.insert(secret);
  }
  CHECK(all.size() == 200);
}

TEST_CASE("a token is appended to a file that only its owner can read, once a name") {
  tests::scratch_folder folder;
  const auto file = folder.path() / "tokens";
  append_token(file, make("a"));
  CHECK((fs::status(file).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  append_token(file, make("b"));
  CHECK(load_tokens(file)->size() == 2);
  const auto before = text_of(file);
  CHECK_THROWS_WITH(append_token(file, make("a")),
                    Catch::Matchers::ContainsSubstring("there is a token a already"));
  CHECK(text_of(file) == before);
}

TEST_CASE("a file whose last line has no end is not spoilt") {
  tests::scratch_folder folder;
  const auto file = folder.path() / "tokens";
  std::ofstream{file} << "# mine\n" << token_line(make("a")).substr(0, 67) << "admin";
  append_token(file, make("b"));
  CHECK(load_tokens(file)->size() == 2);
}

TEST_CASE("a token is taken out, and everything else stays as it is") {
  tests::scratch_folder folder;
  const auto file = folder.path() / "tokens";
  const auto first = "# kept\n" + token_line(make("a"));
  std::ofstream{file} << first << token_line(make("b")) << "  not good\n";
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  remove_token(file, "b");
  CHECK(text_of(file) == first + "  not good\n");
  CHECK((fs::status(file).permissions() & fs::perms::group_read) != fs::perms::none);
  CHECK_THROWS_AS(remove_token(file, "b"), bad_tokens);
  CHECK_THROWS_AS(remove_token(folder.path() / "other", "b"), bad_tokens);
}

TEST_CASE("many change a file at a time, and nothing is lost") {
  tests::scratch_folder folder;
  const auto file = folder.path() / "tokens";
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 4; ++i)
      all.emplace_back([&file, i] {
        for (int k = 0; k < 20; ++k) {
          auto one = token{};
          one.name = std::to_string(i) + "-" + std::to_string(k);
          one.secret = digest_of(one.name);
          (void)one.may.add("admin");
          append_token(file, one);
          if (k % 2 == 1) remove_token(file, one.name);
        }
      });
  }
  CHECK(load_tokens(file)->size() == 40);
}
