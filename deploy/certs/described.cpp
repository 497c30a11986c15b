#include "deploy/certs/described.hpp"

#include "deploy/certs/openssl.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>

namespace squall::certs {

namespace {

using store_ptr = std::unique_ptr<X509_STORE, freed<X509_STORE_free>>;
using verification_ptr = std::unique_ptr<X509_STORE_CTX, freed<X509_STORE_CTX_free>>;

struct chain_free {
  void operator()(STACK_OF(X509) * chain) const noexcept { sk_X509_pop_free(chain, X509_free); }
};

time_point time_of(const ASN1_TIME* time) {
  std::tm parts{};
  require(ASN1_TIME_to_tm(time, &parts) == 1, "cannot read a certificate's time");
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string common_name(const X509_NAME* name) {
  const auto at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const auto size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string result{reinterpret_cast<char*>(text), static_cast<std::size_t>(size)};
  OPENSSL_free(text);
  return result;
}

std::string address_of(const unsigned char* bytes, int size) {
  namespace ip = boost::asio::ip;
  if (ip::address_v4::bytes_type four; size == static_cast<int>(four.size())) {
    std::copy_n(bytes, four.size(), four.begin());
    return ip::make_address_v4(four).to_string();
  }
  if (ip::address_v6::bytes_type sixteen; size == static_cast<int>(sixteen.size())) {
    std::copy_n(bytes, sixteen.size(), sixteen.begin());
    return ip::make_address_v6(sixteen).to_string();
  }
  return {};
}

std::vector<std::string> hosts_of(const X509* certificate) {
  const names_ptr names{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  std::vector<std::string> hosts;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int kind = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind));
    if (kind != GEN_DNS && kind != GEN_IPADD) continue;
    const auto* bytes = ASN1_STRING_get0_data(value);
    const auto size = ASN1_STRING_length(value);
    hosts.push_back(kind == GEN_IPADD ? address_of(bytes, size)
                                      : std::string{reinterpret_cast<const char*>(bytes),
                                                    static_cast<std::size_t>(size)});
  }
  return hosts;
}

} // namespace

std::int64_t described::days_left(time_point now) const {
  return std::chrono::floor<std::chrono::days>(end - now).count();
}

std::string to_text(time_point when) {
  const auto seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

described describe(const std::string& pem) {
  const auto certificate = parse_certificate(pem);
  described result;
  result.name = common_name(X509_get_subject_name(certificate.get()));
  result.issuer = common_name(X509_get_issuer_name(certificate.get()));
  result.hosts = hosts_of(certificate.get());
  result.begin = time_of(X509_get0_notBefore(certificate.get()));
  result.end = time_of(X509_get0_notAfter(certificate.get()));
  result.authority = X509_check_ca(certificate.get()) != 0;
  return result;
}

std::vector<std::string> split_certificates(const std::string& pem) {
  constexpr const char* first = "-----BEGIN CERTIFICATE-----";
  constexpr const char* last = "-----END CERTIFICATE-----";
  std::vector<std::string> found;
  for (std::size_t at = pem.find(first); at != std::string::npos; at = pem.find(first, at)) {
    const auto end = pem.find(last, at);
    if (end == std::string::npos) break;
    const auto behind = end + std::char_traits<char>::length(last);
    found.push_back(pem.substr(at, behind - at) + "\n");
    at = behind;
  }
  return found;
}

std::string refusal(const std::string& pem, const std::string& authority, time_point now) {
  const store_ptr trusted{X509_STORE_new()};
  for (const auto& each : split_certificates(authority))
    require(X509_STORE_add_cert(trusted.get(), parse_certificate(each).get()) == 1,
            "cannot keep an authority");
  const auto certificate = parse_certificate(pem);
  const std::unique_ptr<STACK_OF(X509), chain_free> between{sk_X509_new_null()};
  for (const auto& each : split_certificates(pem)) {
    auto next = parse_certificate(each);
    require(sk_X509_push(between.get(), next.get()) > 0, "cannot keep a certificate");
    static_cast<void>(next.release());
  }
  const verification_ptr verification{X509_STORE_CTX_new()};
  auto* check = verification.get();
  require(X509_STORE_CTX_init(check, trusted.get(), certificate.get(), between.get()) == 1,
          "cannot check a certificate");
  X509_STORE_CTX_set_time(check, 0, std::chrono::system_clock::to_time_t(now));
  if (X509_verify_cert(check) == 1) return {};
  ERR_clear_error();
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(check));
}

bool belongs(const std::string& key, const std::string& certificate) {
  const auto fits =
      X509_check_private_key(parse_certificate(certificate).get(), parse_key(key).get()) == 1;
  ERR_clear_error();
  return fits;
}

} // namespace squall::certs
