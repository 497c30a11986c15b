#include "workers/fetch/settings.hpp"

#include "workers/fetch/trust.hpp"
#include "workers/fetch/url.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace squall::workers::fetch {
namespace {

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

bool is_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string{text}, error);
  return !error;
}

bool are_addresses(std::string_view text) {
  for (;;) {
    const auto comma = std::min(text.find(','), text.size());
    if (!is_address(text.substr(0, comma))) return false;
    if (comma == text.size()) return true;
    text.remove_prefix(comma + 1);
  }
}

} // namespace

void check_ca_file(const std::string& path) {
  read_trust(path);
}

void check_proxy(const std::string& text) {
  const auto parsed = parse_url(text);
  if (const auto* refused = std::get_if<url_refusal>(&parsed))
    throw std::invalid_argument{"'" + text + "' " + refused->message};
  if (std::get<url>(parsed).scheme != "http")
    throw std::invalid_argument{"'" + text + "' is not of the form http://HOST:PORT"};
}

void check_resolve(const std::string& text) {
  const auto host_end = std::min(text.find(':'), text.size());
  const auto port_end = std::min(text.find(':', host_end + 1), text.size());
  const std::string_view whole{text};
  if (host_end == 0 || port_end == text.size() ||
      !is_port(whole.substr(host_end + 1, port_end - host_end - 1)) ||
      !are_addresses(whole.substr(port_end + 1)))
    throw std::invalid_argument{"'" + text + "' is not of the form HOST:PORT:ADDRESS[,ADDRESS]"};
}

} // namespace squall::workers::fetch
