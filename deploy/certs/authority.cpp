#include "deploy/certs/authority.hpp"

#include "deploy/certs/openssl.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/ec.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace squall::certs {

namespace {

constexpr std::chrono::minutes clocks_differ{5};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_address(const std::string& host) {
  boost::system::error_code wrong;
  boost::asio::ip::make_address(host, wrong);
  return !wrong;
}

key_ptr new_key() {
  key_ptr key{EVP_EC_gen("P-256")};
  require(key != nullptr, "cannot make a key");
  return key;
}

/// 127 random bits (RFC 5280, 4.1.2.2: positive, 20 octets at most).
void set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "no random numbers");
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  const std::unique_ptr<BIGNUM, freed<BN_free>> number{
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
  require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
          "cannot number a certificate");
}

void set_times(X509* certificate, time_point begin, time_point end) {
  const auto first = std::chrono::system_clock::to_time_t(begin);
  const auto last = std::chrono::system_clock::to_time_t(end);
  require(ASN1_TIME_set(X509_getm_notBefore(certificate), first) != nullptr &&
              ASN1_TIME_set(X509_getm_notAfter(certificate), last) != nullptr,
          "cannot write a time");
}

void set_name(X509* certificate, const std::string& name) {
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, text,
                                     -1, -1, 0) == 1,
          "cannot write a name");
}

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, freed<X509_EXTENSION_free>> extension{
      X509V3_EXT_conf_nid(nullptr, &context, id, value)};
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
          "cannot write an extension");
}

void add_alternative(GENERAL_NAMES* names, const std::string& host) {
  std::unique_ptr<GENERAL_NAME, freed<GENERAL_NAME_free>> name{GENERAL_NAME_new()};
  if (is_address(host)) {
    auto* address = a2i_IPADDRESS(host.c_str());
    require(address != nullptr, "cannot write the address " + host);
    GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
  } else {
    auto* text = ASN1_IA5STRING_new();
    require(ASN1_STRING_set(text, host.data(), static_cast<int>(host.size())) == 1,
            "cannot write the name " + host);
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, text);
  }
  require(sk_GENERAL_NAME_push(names, name.get()) > 0, "cannot keep a name");
  static_cast<void>(name.release());
}

void add_alternatives(X509* certificate, const order& what) {
  auto hosts = what.hosts;
  if (std::ranges::find(hosts, what.name) == hosts.end()) hosts.insert(hosts.begin(), what.name);
  const names_ptr names{GENERAL_NAMES_new()};
  for (const auto& host : hosts)
    add_alternative(names.get(), host);
  require(
      X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1,
      "cannot write the hosts");
}

x509_ptr begin_certificate(EVP_PKEY* key) {
  x509_ptr certificate{X509_new()};
  require(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
              X509_set_pubkey(certificate.get(), key) == 1,
          "cannot begin a certificate");
  set_serial(certificate.get());
  return certificate;
}

void sign(X509* certificate, EVP_PKEY* key) {
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "cannot sign a certificate");
}

time_point end_of(X509* certificate) {
  std::tm parts{};
  require(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1, "cannot read a time");
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

} // namespace

void check_name(const std::string& name) {
  if (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, is_name_character) &&
      name.front() != '.' && name.front() != '-')
    return;
  throw std::invalid_argument{"'" + name +
                              "' cannot be a certificate's name; write 1 to 64 letters, digits, "
                              "'.', '-' or '_', as in gateway or w1.example"};
}

void check_host(const std::string& host) {
  const auto rest = host.starts_with("*.") ? host.substr(2) : host;
  if (is_address(host) ||
      (!rest.empty() && rest.size() <= 253 && std::ranges::all_of(rest, is_name_character) &&
       rest.front() != '.' && rest.front() != '-' && rest.find("..") == std::string::npos))
    return;
  throw std::invalid_argument{"'" + host +
                              "' is neither a host's name nor an IP address; write a.example, "
                              "*.example, 192.0.2.7 or 2001:db8::7, without a port"};
}

identity make_authority(int days, time_point now) {
  const auto key = new_key();
  const auto certificate = begin_certificate(key.get());
  auto* made = certificate.get();
  std::array<unsigned char, 4> bytes{};
  require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "no random numbers");
  std::string name = "Squall cluster CA ";
  // Two authorities of one name would make errors about signatures out of mixed up files.
  for (const auto byte : bytes)
    name.append(1, "0123456789abcdef"[byte >> 4]).append(1, "0123456789abcdef"[byte & 15]);
  set_name(made, name);
  require(X509_set_issuer_name(made, X509_get_subject_name(made)) == 1, "cannot name an issuer");
  set_times(made, now - clocks_differ, now + std::chrono::days{days});
  add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(made, made, NID_subject_key_identifier, "hash");
  sign(made, key.get());
  return {to_pem(made), to_pem(key.get())};
}

identity issue(const identity& authority, const order& what, time_point now) {
  check_name(what.name);
  for (const auto& host : what.hosts)
    check_host(host);
  const auto issuer = parse_certificate(authority.certificate);
  const auto signing = parse_key(authority.key);
  require(X509_check_private_key(issuer.get(), signing.get()) == 1,
          "the authority's key belongs to another certificate");
  if (X509_check_ca(issuer.get()) == 0) throw failure{"the certificate is no authority's"};
  const auto last = end_of(issuer.get());
  if (last <= now)
    throw failure{"the authority has expired; make another one, in another folder, with squall "
                  "certs init, and give every host its certificates anew"};
  const auto key = what.key.empty() ? new_key() : parse_key(what.key);
  const auto certificate = begin_certificate(key.get());
  auto* made = certificate.get();
  set_name(made, what.name);
  require(X509_set_issuer_name(made, X509_get_subject_name(issuer.get())) == 1,
          "cannot name an issuer");
  set_times(made, now - clocks_differ, std::min(last, now + std::chrono::days{what.days}));
  add_extension(made, issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made, issuer.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(made, issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(made, issuer.get(), NID_subject_key_identifier, "hash");
  add_extension(made, issuer.get(), NID_authority_key_identifier, "keyid:always");
  add_alternatives(made, what);
  sign(made, signing.get());
  return {to_pem(made), to_pem(key.get())};
}

} // namespace squall::certs
