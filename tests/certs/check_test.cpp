#include "deploy/certs/check.hpp"

#include "deploy/certs/folder.hpp"
#include "deploy/certs/openssl.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <fstream>

using namespace squall::certs;
using Catch::Matchers::ContainsSubstring;
using squall::tests::scratch_folder;
using std::chrono::days;
namespace fs = std::filesystem;

namespace {

const auto now = std::chrono::system_clock::now();

/// An authority and two hosts, as `squall certs` leaves them.
class cluster {
public:
  cluster() {
    init_folder(scratch_.path(), 1'000, now);
    for (const auto* name : {"w1", "w2"}) {
      order what;
      what.name = name;
      issue_into(scratch_.path(), what, false, now);
    }
  }
  fs::path host(const std::string& name) const { return scratch_.path() / name; }

private:
  scratch_folder scratch_;
};

} // namespace

TEST_CASE("a folder that was just issued is good, without a word") {
  const cluster ours;
  CHECK(check_files(files_in(ours.host("w1")), now).empty());
}

TEST_CASE("all files that a folder lacks are named at once") {
  const cluster ours;
  fs::remove(ours.host("w1") / "ca.pem");
  fs::remove(ours.host("w1") / "key.pem");
  CHECK_THROWS_WITH(files_in(ours.host("w1")), ContainsSubstring("has no ca.pem, key.pem;"));
  CHECK_THROWS_WITH(files_in(ours.host("w3")), ContainsSubstring("ca.pem, cert.pem, key.pem"));
}

TEST_CASE("an expired certificate is refused with advice, and one that ends soon is told of") {
  const cluster ours;
  const auto files = files_in(ours.host("w1"));
  CHECK_THROWS_WITH(check_files(files, now + days{368}),
                    ContainsSubstring("w1) has expired 3 days ago") &&
                        ContainsSubstring("squall certs issue"));
  const auto told = check_files(files, now + days{360});
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], ContainsSubstring("expires in"));
}

TEST_CASE("a key of another certificate is refused") {
  const cluster ours;
  auto files = files_in(ours.host("w1"));
  files.key = ours.host("w2") / "key.pem";
  CHECK_THROWS_WITH(check_files(files, now), ContainsSubstring("is not the key of"));
}

TEST_CASE("what is no PEM is named") {
  const cluster ours;
  auto files = files_in(ours.host("w1"));
  const auto bad = ours.host("w1") / "bad.pem";
  std::ofstream{bad} << "no PEM";
  for (auto part :
       {&identity_files::certificate, &identity_files::key, &identity_files::authority}) {
    auto mixed = files;
    mixed.*part = bad;
    CHECK_THROWS_WITH(check_files(mixed, now), ContainsSubstring("bad.pem"));
  }
  files.authority = ours.host("w1") / "none.pem";
  CHECK_THROWS_WITH(check_files(files, now), ContainsSubstring("none.pem"));
}

TEST_CASE("a key that others can read, and a foreign authority, are told of") {
  const cluster ours;
  const cluster other;
  auto files = files_in(ours.host("w1"));
  fs::permissions(files.key, fs::perms::group_read, fs::perm_options::add);
  files.authority = other.host("w1") / "ca.pem";
  const auto told = check_files(files, now);
  REQUIRE(told.size() == 2);
  CHECK_THAT(told[0], ContainsSubstring("is refused by peers"));
  CHECK_THAT(told[1], ContainsSubstring("chmod 600"));
}
