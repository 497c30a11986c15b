#include "workers/fetch/url.hpp"

#include "workers/fetch/text.hpp"

#include <curl/curl.h>

#include <memory>

namespace squall::workers::fetch {
namespace {

struct url_closer {
  void operator()(CURLU* handle) const { curl_url_cleanup(handle); }
};

std::string part(CURLU* from, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(from, which, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owner{text, curl_free};
  return text;
}

url_refusal refuse(CURLUcode why) {
  if (why == CURLUE_UNSUPPORTED_SCHEME) return {true, "is neither of http nor of https"};
  if (why == CURLUE_BAD_SCHEME) return {false, "does not begin with http:// or https://"};
  return {false, "cannot be read: " + lower(curl_url_strerror(why))};
}

} // namespace

bool same_origin(const url& left, const url& right) noexcept {
  return left.port == right.port && left.scheme == right.scheme && left.host == right.host;
}

std::variant<url, url_refusal> parse_url(std::string_view text, const url* base) {
  if (text.size() > longest_url)
    return url_refusal{false, "is longer than " + std::to_string(longest_url) + " bytes"};
  if (text.find('\0') != std::string_view::npos) return url_refusal{false, "has a NUL in it"};
  const std::unique_ptr<CURLU, url_closer> handle{curl_url()};
  if (base != nullptr) curl_url_set(handle.get(), CURLUPART_URL, base->text.c_str(), 0);
  const auto error = curl_url_set(handle.get(), CURLUPART_URL, std::string{text}.c_str(),
                                  CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME);
  if (error != CURLUE_OK) return refuse(error);
  url made;
  made.scheme = lower(part(handle.get(), CURLUPART_SCHEME));
  if (made.scheme != "http" && made.scheme != "https") return refuse(CURLUE_UNSUPPORTED_SCHEME);
  made.host = host_key(part(handle.get(), CURLUPART_HOST));
  if (made.host.starts_with('[')) made.host = made.host.substr(1, made.host.find(']') - 1);
  if (made.host.empty()) return url_refusal{false, "names no host"};
  made.user = part(handle.get(), CURLUPART_USER, CURLU_URLDECODE);
  made.password = part(handle.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
  made.port = static_cast<std::uint16_t>(
      std::stoul(part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)));
  for (const auto hidden : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT})
    curl_url_set(handle.get(), hidden, nullptr, 0);
  made.text = part(handle.get(), CURLUPART_URL);
  return made;
}

} // namespace squall::workers::fetch
