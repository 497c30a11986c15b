#include "deploy/cli/gateway_trust.hpp"

#include "deploy/certs/authority.hpp"
#include "deploy/certs/openssl.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

using namespace squall;
using Catch::Matchers::ContainsSubstring;
using cli::gateway_trust;

namespace {

using context_ptr = std::unique_ptr<SSL_CTX, certs::freed<SSL_CTX_free>>;
using session_ptr = std::unique_ptr<SSL, certs::freed<SSL_free>>;

const auto now = std::chrono::system_clock::now();

/// An authority, and a gateway with a certificate of it.
class scene {
public:
  explicit scene(std::vector<std::string> hosts, certs::time_point issued = now)
      : authority_(certs::make_authority(3'650, issued)),
        own_(certs::issue(authority_, {"front", std::move(hosts), 30, {}}, issued)),
        server_(SSL_CTX_new(TLS_server_method())) {
    const auto certificate = certs::parse_certificate(own_.certificate);
    const auto key = certs::parse_key(own_.key);
    certs::require(SSL_CTX_use_certificate(server_.get(), certificate.get()) == 1 &&
                       SSL_CTX_use_PrivateKey(server_.get(), key.get()) == 1,
                   "cannot use the certificate");
  }

  /// A file with what is to be believed.
  std::string file(const std::string& pem) const {
    const auto path = folder_.path() / "ca.pem";
    std::ofstream(path) << pem;
    return path.string();
  }
  std::string authority() const { return file(authority_.certificate); }
  std::string certificate() const { return file(own_.certificate); }
  SSL_CTX* server() const { return server_.get(); }

private:
  const certs::identity authority_;
  const certs::identity own_;
  const context_ptr server_;
  const tests::scratch_folder folder_;
};

struct end {
  std::string why;  ///< of the failure; empty: none
  std::string name; ///< that the client asked for
};

/// A handshake without a socket.
end shake_hands(const gateway_trust& trust, SSL_CTX* with, const std::string& host) {
  const session_ptr client(SSL_new(trust.context()));
  const session_ptr server(SSL_new(with));
  BIO* ours = nullptr;
  BIO* theirs = nullptr;
  certs::require(BIO_new_bio_pair(&ours, 0, &theirs, 0) == 1, "no pipe");
  SSL_set_bio(client.get(), ours, ours);
  SSL_set_bio(server.get(), theirs, theirs);
  SSL_set_accept_state(server.get());
  trust.expect(client.get(), host);
  for (int turn = 0; turn < 10; ++turn) {
    ERR_clear_error();
    const int done = SSL_connect(client.get());
    const auto code = ERR_peek_error();
    if (done != 1 && SSL_get_error(client.get(), done) != SSL_ERROR_WANT_READ)
      return {trust.why_failed(client.get(), host, code), {}};
    if (done == 1 && SSL_is_init_finished(server.get()) == 1) break;
    SSL_do_handshake(server.get());
  }
  const char* name = SSL_get_servername(server.get(), TLSEXT_NAMETYPE_host_name);
  return {{}, name != nullptr ? name : ""};
}

} // namespace

TEST_CASE("a gateway is believed by one of its names, which it is told, or by its address") {
  const scene gateway({"a.example", "127.0.0.1", "::1"});
  const gateway_trust trust(gateway.authority());
  for (const auto* name : {"a.example", "A.example"})
    CHECK(shake_hands(trust, gateway.server(), name).name == name);
  CHECK(shake_hands(trust, gateway.server(), "a.example.").name == "a.example");
  for (const auto* address : {"127.0.0.1", "::1"}) {
    const auto done = shake_hands(trust, gateway.server(), address);
    CHECK((done.why + done.name).empty());
  }
}

TEST_CASE("a certificate can be believed for itself") {
  const scene gateway({"a.example"});
  CHECK(
      shake_hands(gateway_trust(gateway.certificate()), gateway.server(), "a.example").why.empty());
}

TEST_CASE("a certificate for another host is refused with those that it has") {
  const scene gateway({"a.example", "127.0.0.1"});
  const gateway_trust trust(gateway.authority());
  for (const auto* host : {"b.example", "127.0.0.2", "x.a.example"})
    CHECK_THAT(shake_hands(trust, gateway.server(), host).why,
               ContainsSubstring("a.example, 127.0.0.1 and not for " + std::string(host)));
}

TEST_CASE("a certificate of an authority that is not believed is refused with what to do") {
  const scene gateway({"a.example"});
  const scene other({"a.example"});
  const auto file = other.authority();
  CHECK_THAT(shake_hands(gateway_trust(file), gateway.server(), "a.example").why,
             ContainsSubstring("\"front\"") && ContainsSubstring("of no authority in " + file) &&
                 ContainsSubstring("--ca FILE"));
  CHECK_THAT(shake_hands(gateway_trust(""), gateway.server(), "a.example").why,
             ContainsSubstring("the system's store"));
}

TEST_CASE("a certificate that is over, or that has not begun, is refused as that") {
  const scene old({"a.example"}, now - std::chrono::days{60});
  CHECK_THAT(shake_hands(gateway_trust(old.authority()), old.server(), "a.example").why,
             ContainsSubstring("expired"));
  const scene young({"a.example"}, now + std::chrono::days{60});
  CHECK_THAT(shake_hands(gateway_trust(young.authority()), young.server(), "a.example").why,
             ContainsSubstring("not valid yet"));
}

TEST_CASE("a server of TLS 1.1 is refused") {
  const scene gateway({"a.example"});
  SSL_CTX_set_max_proto_version(gateway.server(), TLS1_1_VERSION);
  CHECK_FALSE(
      shake_hands(gateway_trust(gateway.authority()), gateway.server(), "a.example").why.empty());
}

TEST_CASE("a file without a certificate is misuse that names it") {
  const scene gateway({"a.example"});
  CHECK_THROWS_AS(gateway_trust(gateway.file("no PEM")), cli::misuse);
  CHECK_THROWS_WITH(gateway_trust(gateway.file("")), ContainsSubstring("has no certificate"));
}

TEST_CASE("an answer that asks for HTTPS is known, and no other is taken for it") {
  const cli::url plain = cli::parse_url("http://h");
  CHECK_THAT(cli::wants_tls(plain, 400, "This port speaks HTTPS"), ContainsSubstring("https://"));
  CHECK(cli::wants_tls(plain, 404, "This port speaks HTTPS").empty());
  CHECK(cli::wants_tls(plain, 400, R"({"code":"invalid_params","detail":"HTTPS"})").empty());
  CHECK(cli::wants_tls(cli::parse_url("https://h"), 400, "HTTPS").empty());
}
