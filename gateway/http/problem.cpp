#include "gateway/http/problem.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace squall::gateway::http {
namespace {

using json = nlohmann::ordered_json;

std::string_view phrase(std::uint16_t status) {
  switch (status) {
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 417:
    return "Expectation Failed";
  case 426:
    return "Upgrade Required";
  case 431:
    return "Request Header Fields Too Large";
  case 501:
    return "Not Implemented";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Bad Request";
  }
}

response render(const request& to, std::uint16_t status, json document) {
  if (!to.path.empty()) document["instance"] = to.path;
  if (!to.request_id.empty()) document["request_id"] = to.request_id;
  response answer;
  answer.status = status;
  answer.content_type = "application/problem+json";
  answer.body = document.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer;
}

} // namespace

response make_problem(const request& to, proto::errc code, std::string_view detail,
                      std::string_view data) {
  const auto& row = proto::describe(code);
  json document{{"type", "urn:squall:error:" + std::string(row.name)},
                {"title", row.title},
                {"status", row.http},
                {"detail", detail},
                {"code", row.name}};
  if (!data.empty()) {
    auto more = json::parse(data, nullptr, false);
    if (more.is_object())
      for (auto& [name, value] : more.items())
        if (!document.contains(name)) document[name] = std::move(value);
  }
  auto answer = render(to, row.http, std::move(document));
  if (row.retry_after) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

response make_problem(const request& to, std::uint16_t status, std::string_view detail) {
  const auto name = proto::describe(proto::errc::invalid_request).name;
  return render(to, status,
                {{"type", "about:blank"},
                 {"title", phrase(status)},
                 {"status", status},
                 {"detail", detail},
                 {"code", name}});
}

} // namespace squall::gateway::http
