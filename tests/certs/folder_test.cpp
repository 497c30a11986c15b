#include "deploy/certs/folder.hpp"

#include "deploy/certs/files.hpp"
#include "deploy/certs/openssl.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/scratch_folder.hpp"

#include <fstream>

using namespace squall::certs;
using Catch::Matchers::ContainsSubstring;
using squall::tests::refusal_of;
using squall::tests::scratch_folder;
namespace fs = std::filesystem;

namespace {

const auto now = std::chrono::system_clock::now();

order for_name(const std::string& name, std::vector<std::string> hosts = {}) {
  order what;
  what.name = name;
  what.hosts = std::move(hosts);
  return what;
}

int mode(const fs::path& path) {
  return static_cast<int>(fs::status(path).permissions());
}

} // namespace

TEST_CASE("keys are their owner's alone, and so are folders") {
  const scratch_folder scratch;
  const auto folder = scratch.path() / "certs";
  init_folder(folder, 10, now);
  const auto made = issue_into(folder, for_name("w1"), false, now);
  CHECK(made.folder == folder / "w1");
  CHECK_FALSE(made.renewed);
  CHECK(mode(folder) == 0700);
  CHECK(mode(folder / "ca.key") == 0600);
  CHECK(mode(folder / "w1") == 0700);
  CHECK(mode(folder / "w1" / "key.pem") == 0600);
  CHECK_FALSE(is_open_to_others(folder / "w1" / "key.pem"));
  CHECK(is_open_to_others(folder / "w1" / "cert.pem"));
  CHECK(read_file(folder / "w1" / "ca.pem") == read_file(folder / "ca.pem"));
  CHECK(belongs(read_file(folder / "w1" / "key.pem"), read_file(folder / "w1" / "cert.pem")));
  CHECK(std::distance(fs::directory_iterator{folder / "w1"}, {}) == 3);
}

TEST_CASE("an authority is not overwritten") {
  const scratch_folder scratch;
  init_folder(scratch.path(), 10, now);
  const auto key = read_file(scratch.path() / "ca.key");
  CHECK_THAT(refusal_of([&] { init_folder(scratch.path(), 10, now); }),
             ContainsSubstring("not overwritten"));
  fs::remove(scratch.path() / "ca.pem");
  CHECK_FALSE(refusal_of([&] { init_folder(scratch.path(), 10, now); }).empty());
  CHECK(read_file(scratch.path() / "ca.key") == key);
}

TEST_CASE("a renewal keeps key and hosts unless others are asked for") {
  const scratch_folder scratch;
  init_folder(scratch.path(), 1'000, now);
  issue_into(scratch.path(), for_name("w1", {"a.example", "192.0.2.7"}), false, now);
  const auto key = read_file(scratch.path() / "w1" / "key.pem");
  const auto certificate = read_file(scratch.path() / "w1" / "cert.pem");

  const auto again = issue_into(scratch.path(), for_name("w1"), false, now);
  CHECK(again.renewed);
  CHECK(again.certificate.hosts == std::vector<std::string>{"w1", "a.example", "192.0.2.7"});
  CHECK(read_file(scratch.path() / "w1" / "key.pem") == key);
  CHECK(read_file(scratch.path() / "w1" / "cert.pem") != certificate);

  const auto other = issue_into(scratch.path(), for_name("w1", {"b.example"}), true, now);
  CHECK(other.certificate.hosts == std::vector<std::string>{"w1", "b.example"});
  const auto next = read_file(scratch.path() / "w1" / "key.pem");
  CHECK(next != key);
  CHECK(belongs(next, read_file(scratch.path() / "w1" / "cert.pem")));
  CHECK(mode(scratch.path() / "w1" / "key.pem") == 0600);
}

TEST_CASE("nothing is issued without an authority, or onto a file") {
  const scratch_folder scratch;
  CHECK_THAT(refusal_of([&] { issue_into(scratch.path(), for_name("w1"), false, now); }),
             ContainsSubstring("squall certs init"));
  init_folder(scratch.path(), 10, now);
  CHECK_THAT(refusal_of([&] { issue_into(scratch.path(), for_name("ca.pem"), false, now); }),
             ContainsSubstring("no folder"));
  CHECK_FALSE(
      refusal_of([&] { issue_into(scratch.path(), for_name("../w1"), false, now); }).empty());
}

TEST_CASE("certificates are found in an authority's folder, in a host's, and in a file") {
  const scratch_folder scratch;
  init_folder(scratch.path(), 10, now);
  issue_into(scratch.path(), for_name("w2"), false, now);
  issue_into(scratch.path(), for_name("w1"), false, now);
  const auto all = find_certificates(scratch.path(), now);
  REQUIRE(all.size() == 3);
  CHECK(all[0].certificate.authority);
  CHECK(all[1].certificate.name == "w1");
  CHECK(all[2].certificate.name == "w2");
  for (const auto& each : all)
    CHECK(each.wrong.empty());
  CHECK(find_certificates(scratch.path() / "w1", now).size() == 2);
  CHECK(find_certificates(scratch.path() / "w1" / "cert.pem", now).size() == 1);
}

TEST_CASE("what a peer would refuse is shown as that") {
  const scratch_folder ours;
  const scratch_folder other;
  init_folder(ours.path(), 10, now);
  init_folder(other.path(), 10, now);
  issue_into(ours.path(), for_name("w1"), false, now);
  fs::copy_file(other.path() / "ca.pem", ours.path() / "w1" / "ca.pem",
                fs::copy_options::overwrite_existing);
  CHECK_FALSE(find_certificates(ours.path() / "w1", now)[1].wrong.empty());
  const auto later = now + std::chrono::days{20};
  for (const auto& each : find_certificates(ours.path(), later))
    CHECK_THAT(each.wrong, ContainsSubstring("expired"));
  CHECK_THAT(find_certificates(ours.path() / "w1" / "cert.pem", later)[0].wrong,
             ContainsSubstring("expired"));
}

TEST_CASE("who looks for certificates where none are is told so") {
  const scratch_folder scratch;
  CHECK_THROWS_WITH(find_certificates(scratch.path(), now), ContainsSubstring("no certificates"));
  CHECK_THROWS_WITH(find_certificates(scratch.path() / "none", now), ContainsSubstring("No such"));
  std::ofstream{scratch.path() / "note.pem"} << "-----BEGIN NOTE-----";
  CHECK_THROWS_WITH(find_certificates(scratch.path() / "note.pem", now),
                    ContainsSubstring("holds no certificate"));
  std::ofstream{scratch.path() / "bad.pem"}
      << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  CHECK_THROWS_WITH(find_certificates(scratch.path() / "bad.pem", now),
                    ContainsSubstring("bad.pem"));
}
