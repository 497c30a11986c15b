#include "workers/fetch/redirect.hpp"

#include "workers/fetch/text.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace squall::workers::fetch {
namespace {

constexpr std::string_view body_fields[] = {"content-type",     "content-encoding",
                                            "content-language", "content-location",
                                            "content-digest",   "digest"};
constexpr std::string_view origin_fields[] = {"authorization", "cookie", "host"};

void drop(std::vector<field>& headers, std::span<const std::string_view> names) {
  std::erase_if(headers, [names](const field& each) {
    return std::ranges::any_of(names, [&](auto name) { return same_name(each.name, name); });
  });
}

bool becomes_get(long status, std::string_view method) {
  if (status == 303) return method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

} // namespace

bool is_redirect(long status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::variant<request, fault> redirected(request from, long status, std::string_view location) {
  auto parsed = parse_url(location, &from.target);
  if (const auto* refused = std::get_if<url_refusal>(&parsed))
    return fault{refused->scheme ? reason::blocked : reason::protocol,
                 "the redirect's URL " + refused->message, from.target.text};
  auto next = std::move(from);
  auto& target = std::get<url>(parsed);
  if (!same_origin(next.target, target)) {
    drop(next.headers, origin_fields);
    next.authorization.clear();
  }
  target.user.clear();
  target.password.clear();
  next.target = std::move(target);
  if (becomes_get(status, next.method)) {
    next.method = "GET";
    next.body.reset();
    drop(next.headers, body_fields);
  }
  return next;
}

} // namespace squall::workers::fetch
