#include "deploy/supervisor/contents.hpp"

#include "deploy/supervisor/run_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace squall::supervisor;
using lines = std::vector<std::string>;

TEST_CASE("of files only a sum is kept, which tells what is in them from what was") {
  const squall::tests::scratch_folder folder;
  const auto file = folder.path() / "tokens";
  write_file(file, "abc");
  const squall::manifest::flag_values flags{{"tokens", {file}}, {"store", {"memory:"}}};
  const auto before = contents_of(flags);
  // FIPS 180-2, appendix B.1
  CHECK(before == content_sums{{"tokens", "ba7816bf8f01cfea414140de5dae2223"
                                          "b00361a396177a9cb410ff61f20015ad"}});
  CHECK(compare_contents(before, contents_of(flags), flags).empty());
  write_file(file, "abd");
  CHECK(compare_contents(before, contents_of(flags), flags) ==
        lines{"tokens: " + file.string() + " has other contents"});
}

TEST_CASE("a cluster's folder differs when one of its files does") {
  const squall::tests::scratch_folder folder;
  for (const auto* name : {"ca.pem", "cert.pem", "key.pem"})
    write_file(folder.path() / name, name);
  const squall::manifest::flag_values flags{{"cluster-tls", {folder.path()}}};
  const auto before = contents_of(flags);
  CHECK(before.size() == 1);
  write_file(folder.path() / "key.pem", "another");
  CHECK(compare_contents(before, contents_of(flags), flags).size() == 1);
}

TEST_CASE("a file that is not there differs from nothing") {
  const squall::manifest::flag_values flags{{"tls-cert", {"/nowhere/cert.pem"}},
                                            {"tls-key", {"/"}},
                                            {"cluster-tls", {"/nowhere"}},
                                            {"tokens", {"/dev/zero"}}};
  CHECK(contents_of(flags).empty());
  CHECK(compare_contents({{"tls-cert", "00"}}, {}, flags).empty());
}
