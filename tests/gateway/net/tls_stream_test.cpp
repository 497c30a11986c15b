#include "gateway/net/tls_stream.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

#include <algorithm>
#include <filesystem>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

using namespace squall;
using gateway::net::tls_context;
using gateway::net::tls_stream;

namespace {

/// A self-signed certificate and its key, as files.
struct identity {
  /// \param password of the key; null: none
  identity(const std::filesystem::path& folder, const std::string& name,
           const char* password = nullptr)
      : certificate{folder / (name + ".pem")}, key{folder / (name + ".key")} {
    auto* pair = EVP_EC_gen("P-256");
    auto* made = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), 0);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, pair);
    X509_sign(made, pair, EVP_sha256());
    auto* out = std::fopen(certificate.c_str(), "w");
    PEM_write_X509(out, made);
    std::fclose(out);
    out = std::fopen(key.c_str(), "w");
    // Without bytes of its own OpenSSL takes the last argument for the password.
    PEM_write_PrivateKey(out, pair, password ? EVP_aes_128_cbc() : nullptr, nullptr, 0, nullptr,
                         const_cast<char*>(password));
    std::fclose(out);
    X509_free(made);
    EVP_PKEY_free(pair);
  }

  tls_context context() const { return {certificate.string(), key.string()}; }

  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// A client of OpenSSL's, without a socket either.
class client {
public:
  explicit client(int version = TLS1_3_VERSION, std::string_view offered = "\x08http/1.1")
      : context_{SSL_CTX_new(TLS_client_method())} {
    SSL_CTX_set_security_level(context_, 0); // so that it may offer what nobody should take
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version);
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(offered.data()),
                        static_cast<unsigned>(offered.size()));
    SSL_set_connect_state(ssl_);
  }
  ~client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void say(std::string_view text) { SSL_write(ssl_, text.data(), static_cast<int>(text.size())); }
  void shake_hands() { SSL_do_handshake(ssl_); }
  void end() { SSL_shutdown(ssl_); }

  std::string heard() {
    std::string all;
    char piece[1024];
    for (int count = 0; (count = SSL_read(ssl_, piece, sizeof piece)) > 0;)
      all.append(piece, static_cast<std::size_t>(count));
    return all;
  }
  bool was_told_the_end() const { return SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN; }

  std::string take_sealed() {
    char* data = nullptr;
    auto* out = SSL_get_wbio(ssl_);
    const auto size = BIO_get_mem_data(out, &data);
    std::string all(data, static_cast<std::size_t>(size));
    BIO_reset(out);
    return all;
  }
  void give(std::string_view sealed) {
    BIO_write(SSL_get_rbio(ssl_), sealed.data(), static_cast<int>(sealed.size()));
  }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

private:
  SSL_CTX* context_;
  SSL* ssl_;
};

/// Both ends, and the wire between them.
struct rig {
  tests::scratch_folder folder;
  identity ours{folder.path(), "ours"};
  tls_context context = ours.context();
  tls_stream server{context};
  std::string plain;

  /// Brings what each says to the other until neither has anything more to say.
  tls_stream::state settle(client& peer, std::size_t at_a_time = std::string::npos) {
    auto is = tls_stream::state::open;
    for (int rounds = 0; rounds < 10; ++rounds) {
      peer.shake_hands();
      const auto to_server = peer.take_sealed();
      for (std::size_t i = 0; i < to_server.size() && is == tls_stream::state::open;
           i += std::min(at_a_time, to_server.size() - i))
        is = server.take(std::string_view{to_server}.substr(i, at_a_time), plain);
      std::string to_client;
      server.take_sealed(to_client);
      peer.give(to_client);
    }
    return is;
  }
};

} // namespace

TEST_CASE("a client and a TLS stream understand each other, however the bytes are cut") {
  for (const std::size_t at_a_time : {std::string::npos, std::size_t{1}, std::size_t{100}}) {
    rig r;
    client peer;
    CHECK_FALSE(r.server.is_established());
    CHECK(r.settle(peer, at_a_time) == tls_stream::state::open);
    REQUIRE(r.server.is_established());
    CHECK(peer.protocol() == "http/1.1");
    peer.say("question");
    r.settle(peer, at_a_time);
    CHECK(r.plain == "question");
    std::string answer = "answer";
    r.server.seal(answer);
    CHECK(answer.empty());
    std::string wire;
    r.server.take_sealed(wire);
    peer.give(wire);
    CHECK(peer.heard() == "answer");
  }
}

TEST_CASE("nothing is sealed before the handshake, and much is sealed piece by piece") {
  rig r;
  std::string text(3 * tls_stream::piece_bytes, 'x');
  r.server.seal(text);
  CHECK(text.size() == 3 * tls_stream::piece_bytes);
  client peer;
  r.settle(peer);
  r.server.seal(text);
  CHECK(text.size() == 2 * tls_stream::piece_bytes);
}

TEST_CASE("both ends of a TLS stream can say that nothing more comes") {
  rig r;
  client peer;
  r.settle(peer);
  peer.say("last");
  peer.end();
  CHECK(r.settle(peer) == tls_stream::state::ended);
  CHECK(r.plain == "last");
  r.server.end();
  r.server.end();
  std::string wire;
  r.server.take_sealed(wire);
  CHECK_FALSE(wire.empty());
  peer.give(wire);
  CHECK(peer.heard().empty());
  CHECK(peer.was_told_the_end());
}

TEST_CASE("a client that speaks HTTP without TLS is told so") {
  rig r;
  CHECK(r.server.take("GET / HTTP/1.1\r\nHost: a\r\n\r\n", r.plain) == tls_stream::state::failed);
  std::string answer;
  r.server.take_sealed(answer);
  CHECK(answer.starts_with("HTTP/1.1 400 "));
  const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
  CHECK(answer.find("Content-Length: " + std::to_string(body.size()) + "\r\n") !=
        std::string::npos);
  CHECK(r.plain.empty());
}

TEST_CASE("garbage, an old version and another protocol fail") {
  rig r;
  SECTION("garbage") {
    CHECK(r.server.take(std::string(100, '\x01'), r.plain) == tls_stream::state::failed);
  }
  SECTION("TLS 1.1") {
    client peer{TLS1_1_VERSION};
    CHECK(r.settle(peer) == tls_stream::state::failed);
  }
  SECTION("HTTP/2 alone") {
    client peer{TLS1_3_VERSION, "\x02h2"};
    CHECK(r.settle(peer) == tls_stream::state::failed);
  }
  CHECK_FALSE(r.server.is_established());
  CHECK(r.plain.empty());
}

TEST_CASE("TLS 1.2 is good enough") {
  rig r;
  client peer{TLS1_2_VERSION};
  CHECK(r.settle(peer) == tls_stream::state::open);
  CHECK(r.server.is_established());
}

TEST_CASE("files that do not make an identity are refused by name") {
  const tests::scratch_folder folder;
  const identity one{folder.path(), "one"};
  const identity two{folder.path(), "two"};
  const auto make = [](const std::filesystem::path& certificate, const std::filesystem::path& key) {
    return tls_context{certificate.string(), key.string()};
  };
  CHECK_THROWS_WITH(make(folder.path() / "none.pem", one.key),
                    Catch::Matchers::ContainsSubstring("none.pem cannot be read: No such file"));
  CHECK_THROWS_WITH(make(one.certificate, folder.path() / "none.key"),
                    Catch::Matchers::ContainsSubstring("none.key cannot be read"));
  CHECK_THROWS_WITH(make(one.certificate, two.key),
                    Catch::Matchers::ContainsSubstring("key values mismatch"));
  CHECK_THROWS_WITH(make(one.key, one.key),
                    Catch::Matchers::ContainsSubstring("one.key cannot be used"));
  const identity locked{folder.path(), "locked", "secret"};
  CHECK_THROWS_WITH(make(locked.certificate, locked.key),
                    Catch::Matchers::ContainsSubstring("locked.key has a password"));
}
