#include "deploy/certs/authority.hpp"

#include "deploy/certs/described.hpp"
#include "deploy/certs/openssl.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/refusal.hpp"

using namespace squall::certs;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using squall::tests::refusal_of;
using std::chrono::days;

namespace {

const time_point now =
    std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());

const identity& ours() {
  static const auto made = make_authority(3'650, now);
  return made;
}

order for_name(const std::string& name, std::vector<std::string> hosts = {}) {
  order what;
  what.name = name;
  what.hosts = std::move(hosts);
  return what;
}

bool fits_purpose(const std::string& pem, int purpose) {
  return X509_check_purpose(parse_certificate(pem).get(), purpose, 0) == 1;
}

} // namespace

TEST_CASE("an authority is one, for as long as asked, with a name of its own") {
  const auto what = describe(ours().certificate);
  CHECK(what.authority);
  CHECK(what.name == what.issuer);
  CHECK_THAT(what.name, Catch::Matchers::StartsWith("Squall cluster CA "));
  CHECK(what.days_left(now) == 3'650);
  CHECK(what.begin == now - 5min);
  CHECK(describe(make_authority(1, now).certificate).name != what.name);
  CHECK(belongs(ours().key, ours().certificate));
  CHECK(EVP_PKEY_get_bits(parse_key(ours().key).get()) == 256);
}

TEST_CASE("what an authority issues is trusted through it, for servers and for clients") {
  const auto made = issue(ours(), for_name("w1"), now);
  const auto what = describe(made.certificate);
  CHECK(refusal(made.certificate, ours().certificate, now).empty());
  CHECK(refusal(made.certificate, ours().certificate, now - 4min).empty());
  CHECK(fits_purpose(made.certificate, X509_PURPOSE_SSL_SERVER));
  CHECK(fits_purpose(made.certificate, X509_PURPOSE_SSL_CLIENT));
  CHECK(belongs(made.key, made.certificate));
  CHECK_FALSE(belongs(ours().key, made.certificate));
  CHECK_FALSE(what.authority);
  CHECK(what.name == "w1");
  CHECK(what.issuer == describe(ours().certificate).name);
  CHECK(what.days_left(now) == 365);
}

TEST_CASE("a certificate that another authority issued is refused") {
  const auto other = make_authority(10, now);
  const auto made = issue(other, for_name("w1"), now);
  CHECK_FALSE(refusal(made.certificate, ours().certificate, now).empty());
  CHECK(refusal(made.certificate, other.certificate + ours().certificate, now).empty());
}

TEST_CASE("a certificate is refused when its time is over") {
  auto what = for_name("w1");
  what.days = 1;
  const auto made = issue(ours(), what, now);
  CHECK_THAT(refusal(made.certificate, ours().certificate, now + 25h),
             ContainsSubstring("expired"));
}

TEST_CASE("what is issued cannot issue") {
  const auto made = issue(ours(), for_name("w1"), now);
  CHECK_THROWS_WITH(issue(made, for_name("w2"), now), ContainsSubstring("no authority"));
}

TEST_CASE("a certificate is good for its name, and for hosts and addresses that are given") {
  const auto made = issue(
      ours(), for_name("gateway", {"a.example", "*.b.example", "192.0.2.7", "2001:db8::7"}), now);
  CHECK(describe(made.certificate).hosts == std::vector<std::string>{"gateway", "a.example",
                                                                     "*.b.example", "192.0.2.7",
                                                                     "2001:db8::7"});
  const auto certificate = parse_certificate(made.certificate);
  const auto good_for = [&](const char* host) {
    return X509_check_host(certificate.get(), host, 0, 0, nullptr) == 1;
  };
  CHECK(good_for("gateway"));
  CHECK(good_for("a.example"));
  CHECK(good_for("x.b.example"));
  CHECK_FALSE(good_for("c.example"));
  CHECK_FALSE(good_for("192.0.2.7"));
  CHECK(X509_check_ip_asc(certificate.get(), "192.0.2.7", 0) == 1);
  CHECK(X509_check_ip_asc(certificate.get(), "2001:db8:0::7", 0) == 1);
  CHECK(X509_check_ip_asc(certificate.get(), "192.0.2.8", 0) == 0);
}

TEST_CASE("a host that is the name is there once, and an address may be a name") {
  CHECK(describe(issue(ours(), for_name("w1", {"w1", "w2"}), now).certificate).hosts ==
        std::vector<std::string>{"w1", "w2"});
  const auto made = issue(ours(), for_name("192.0.2.7"), now);
  CHECK(X509_check_ip_asc(parse_certificate(made.certificate).get(), "192.0.2.7", 0) == 1);
}

TEST_CASE("a renewal with the key of before has that key") {
  const auto first = issue(ours(), for_name("w1"), now);
  auto what = for_name("w1");
  what.key = first.key;
  const auto second = issue(ours(), what, now);
  CHECK(second.key == first.key);
  CHECK(second.certificate != first.certificate);
  CHECK(belongs(first.key, second.certificate));
}

TEST_CASE("a certificate ends with its authority at the latest, and an expired one issues none") {
  const auto brief = make_authority(10, now);
  CHECK(describe(issue(brief, for_name("w1"), now).certificate).end ==
        describe(brief.certificate).end);
  CHECK_THROWS_WITH(issue(brief, for_name("w1"), now + days{11}), ContainsSubstring("has expired"));
}

TEST_CASE("the key of another authority does not sign") {
  const auto other = make_authority(10, now);
  CHECK_THROWS_AS(issue({ours().certificate, other.key}, for_name("w1"), now), failure);
  CHECK_THROWS_AS(issue({"no PEM", other.key}, for_name("w1"), now), failure);
  CHECK_THROWS_AS(issue({ours().certificate, ""}, for_name("w1"), now), failure);
}

TEST_CASE("names that are no names, and hosts that are no hosts, are refused") {
  for (const auto* name : {"", ".", "..", "a/b", "-a", "a b", "\xc3\xa4"})
    CHECK_THAT(refusal_of([&] { check_name(name); }), ContainsSubstring("cannot be"));
  CHECK_FALSE(refusal_of([] { check_name(std::string(65, 'a')); }).empty());
  for (const auto* host : {"", "a:80", "https://a", "a..b", ".a", "a,b", "*", "a.*"})
    CHECK_THAT(refusal_of([&] { check_host(host); }), ContainsSubstring("neither"));
  for (const auto* host : {"a", "a.example", "*.example", "192.0.2.7", "::1"})
    CHECK(refusal_of([&] { check_host(host); }).empty());
  CHECK_FALSE(refusal_of([] { issue(ours(), for_name("a", {"b:1"}), now); }).empty());
}
