#include "workers/fetch/request_reader.hpp"

#include "workers/fetch/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace squall::workers::fetch {
namespace {

using nlohmann::json;

/// Header fields that are not the client's: they say how the message is framed, or are for the next
/// hop alone. Connections are shared, so a wrong one would spoil the requests of others.
constexpr std::array<std::string_view, 12> own_fields{"connection",
                                                      "content-length",
                                                      "expect",
                                                      "http2-settings",
                                                      "keep-alive",
                                                      "proxy-connection",
                                                      "te",
                                                      "trailer",
                                                      "transfer-encoding",
                                                      "upgrade",
                                                      "proxy-authorization",
                                                      "proxy-authenticate"};

/// Methods whose requests have no content (RFC 9110, 9.3).
constexpr std::array<std::string_view, 3> without_body{"GET", "HEAD", "TRACE"};

/// Reads one request's members. Every error names the member.
class reader {
public:
  explicit reader(const std::string& place) : place_{place} {}

  request read(std::span<const member> members) {
    for (const auto& [name, text] : members) {
      name_ = name;
      if (name == "json") {
        read_json(text);
        continue;
      }
      const auto plain = plain_string(text);
      auto value = plain ? json(*plain) : json::parse(text, nullptr, false);
      if (value.is_discarded()) refuse("this cannot be read");
      read(value);
    }
    finish();
    return std::move(made_);
  }

private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw refusal{(place_.empty() ? "" : place_ + ".") + as_utf8(name_.substr(0, 64)) + ": " + why};
  }

  void read(json& value) {
    if (name_ == "url") return read_url(value);
    if (name_ == "method") return read_method(value);
    if (name_ == "headers") return read_headers(value);
    if (name_ == "body" || name_ == "body_base64") return read_body(value);
    if (name_ == "timeout_ms") return read_time(value, made_.timeout);
    if (name_ == "connect_timeout_ms") return read_time(value, made_.connect_timeout);
    if (name_ == "follow_redirects") return read_flag(value, made_.follow_redirects);
    if (name_ == "max_redirects") return read_number(value, 0, most_redirects, made_.max_redirects);
    if (name_ == "max_body_bytes")
      return read_number(value, 0, most_body_bytes, made_.max_body_bytes);
    if (name_ == "decompress") return read_flag(value, made_.decompress);
    if (name_ == "http_version") return read_version(value);
    if (name_ == "auth") return read_auth(value);
    refuse("fetch has no such member");
  }

  std::string& text_of(json& value) const {
    if (!value.is_string()) refuse("a string is needed");
    return value.get_ref<std::string&>();
  }

  void read_url(json& value) {
    auto parsed = parse_url(text_of(value));
    if (const auto* refused = std::get_if<url_refusal>(&parsed)) refuse(refused->message);
    made_.target = std::move(std::get<url>(parsed));
  }

  void read_method(json& value) {
    auto& method = text_of(value);
    const bool valid =
        !method.empty() && method.size() <= 32 &&
        std::ranges::all_of(method, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
    if (!valid) refuse("a method in upper case, as GET or POST, is needed");
    if (method == "CONNECT") refuse("CONNECT makes tunnels, and fetches nothing");
    made_.method = std::move(method);
  }

  void read_headers(json& value) {
    if (!value.is_object()) refuse(R"(an object like {"Accept": "text/html"} is needed)");
    for (auto& [name, values] : value.items()) {
      check_field_name(name);
      if (!values.is_array()) {
        add_field(name, values);
        continue;
      }
      for (auto& each : values)
        add_field(name, each);
    }
  }

  void check_field_name(const std::string& name) const {
    const auto shown = json(as_utf8(name.substr(0, 64))).dump();
    if (!is_token(name)) refuse(shown + " is no name of a header field");
    if (std::ranges::find(own_fields, lower(name)) != own_fields.end())
      refuse(shown + " is not the client's to set");
  }

  void add_field(const std::string& name, json& value) {
    if (!value.is_string()) refuse(name + " needs a string, or an array of strings");
    const auto text = trimmed(value.get_ref<const std::string&>());
    const bool breaks = std::ranges::any_of(value.get_ref<const std::string&>(), [](char c) {
      return c == '\r' || c == '\n' || c == '\0';
    });
    if (breaks) refuse("the value of " + name + " has a line break or a NUL in it");
    if (made_.headers.size() == most_header_fields)
      refuse("more than " + std::to_string(most_header_fields) + " fields");
    made_.headers.push_back({name, std::string{text}});
  }

  void only_body() const {
    if (made_.body) refuse("only one of body, body_base64 and json is taken");
  }

  /// As the client wrote it: a JSON library would round numbers.
  void read_json(std::string_view text) {
    only_body();
    if (!is_utf8(text)) refuse("this is no UTF-8");
    made_.body = text;
    is_json_ = true;
  }

  void read_body(json& value) {
    only_body();
    auto& text = text_of(value);
    made_.body = name_ == "body" ? std::move(text) : from_base64(text);
    if (!made_.body) refuse("this is no base64");
  }

  template <class Number>
  void read_number(const json& value, std::uint64_t least, std::uint64_t most, Number& out) const {
    std::uint64_t number = 0;
    const auto text = value.is_string() ? value.get<std::string>() : value.dump();
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most)
      refuse("an integer from " + std::to_string(least) + " to " + std::to_string(most) +
             " is needed");
    out = static_cast<Number>(number);
  }

  void read_time(const json& value, std::chrono::milliseconds& out) const {
    std::uint64_t number = 0;
    read_number(value, 1, longest_timeout_ms, number);
    out = std::chrono::milliseconds{number};
  }

  void read_flag(const json& value, bool& out) const {
    if (value == true || value == "true")
      out = true;
    else if (value == false || value == "false")
      out = false;
    else
      refuse("true or false is needed");
  }

  void read_version(const json& value) {
    if (value == "1.0")
      made_.version = http_version::v1_0;
    else if (value == "1.1")
      made_.version = http_version::v1_1;
    else if (value == "2")
      made_.version = http_version::v2;
    else
      refuse(R"("1.0", "1.1" or "2" is needed)");
  }

  void read_auth(json& value) {
    const auto string_at = [&value](const char* name) {
      return value.contains(name) && value[name].is_string();
    };
    if (!value.is_object()) value = json::object();
    if (value.size() == 1 && string_at("bearer")) {
      auto& token = value["bearer"].get_ref<std::string&>();
      if (!std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; }))
        refuse("bearer: only visible characters of ASCII are taken");
      made_.authorization = "Bearer " + token;
    } else if (value.size() == 2 && string_at("username") && string_at("password")) {
      const auto user = value["username"].get<std::string>();
      if (user.find(':') != std::string::npos) refuse("username: has a colon in it");
      made_.authorization = basic(user, value["password"].get<std::string>());
    } else {
      refuse(R"({"username": TEXT, "password": TEXT} or {"bearer": TEXT} is needed)");
    }
  }

  static std::string basic(const std::string& user, const std::string& password) {
    return "Basic " + to_base64(user + ":" + password);
  }

  bool has_field(std::string_view name) const {
    return std::ranges::any_of(made_.headers,
                               [name](const field& field) { return same_name(field.name, name); });
  }

  /// What can be said only when all members are known.
  void finish() {
    name_ = "url";
    if (made_.target.text.empty()) refuse("is missing");
    name_ = "auth";
    if (!made_.authorization.empty() && has_field("authorization"))
      refuse("the headers have an Authorization already");
    auto& target = made_.target;
    if (made_.authorization.empty() && !has_field("authorization") &&
        !(target.user.empty() && target.password.empty()))
      made_.authorization = basic(target.user, target.password);
    target.user.clear();
    target.password.clear();
    name_ = is_json_ ? "json" : "body";
    if (made_.body && std::ranges::find(without_body, made_.method) != without_body.end())
      refuse(made_.method + " takes no body");
    if (is_json_ && !has_field("content-type"))
      made_.headers.push_back({"Content-Type", "application/json"});
  }

  const std::string& place_;
  std::string name_; ///< of the member that is read
  bool is_json_ = false;
  request made_;
};

} // namespace

request read_request(std::span<const member> members, const std::string& place) {
  return reader{place}.read(members);
}

} // namespace squall::workers::fetch
