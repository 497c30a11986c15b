#include "deploy/cli/queue/api.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/raw_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace squall::cli {

namespace {

constexpr std::size_t max_name = 128;

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

std::string query(std::chrono::milliseconds timeout) {
  return "?timeout_ms=" + std::to_string(timeout.count());
}

} // namespace

std::string queue_path(const std::string& queue, std::string_view rest) {
  if (queue.empty() || queue.size() > max_name ||
      !std::all_of(queue.begin(), queue.end(), is_of_name)) {
    throw misuse("QUEUE: '" + queue + "' is no name; write 1 to 128 of A-Z a-z 0-9 . _ -");
  }
  return ("/v1/queues/" + queue).append(rest);
}

http_question ask_lease(const std::string& lease, std::string_view verb, std::string body) {
  if (lease.empty()) throw misuse("LEASE: is empty");
  auto path = "/v1/leases/" + percent_encoded(lease) + "/";
  return {"POST", path.append(verb), std::move(body), {}};
}

http_question ask_items(const std::string& queue, std::chrono::milliseconds timeout,
                        std::uint32_t max, std::chrono::milliseconds lease_time) {
  auto rest = "/lease" + query(timeout) + "&max=" + std::to_string(max);
  if (lease_time.count() > 0) rest += "&lease_ms=" + std::to_string(lease_time.count());
  return {"POST", queue_path(queue, rest), "", {}};
}

std::string item_entry(std::string_view body, const item_options& options) {
  auto entry = R"({"priority":)" + std::to_string(options.priority);
  if (options.delay.count() > 0) entry += R"(,"delay_ms":)" + std::to_string(options.delay.count());
  return entry.append(R"(,"body":)").append(body).append("}");
}

http_question put_items(const std::string& queue, std::string_view entries,
                        std::chrono::milliseconds timeout) {
  std::string body = "[";
  body.append(entries).append("]");
  return {"POST", queue_path(queue, "/items" + query(timeout)), std::move(body), {}};
}

std::optional<leased_item> read_leased(std::string_view item) {
  const auto body = raw_member(item, "body");
  const auto document = nlohmann::json::parse(item, nullptr, false);
  if (!body || !document.is_object()) return std::nullopt;
  const auto text = [&document](const char* key) {
    const auto found = document.find(key);
    return found != document.end() && found->is_string() ? found->get<std::string>() : "";
  };
  const auto number = [&document](const char* key) {
    const auto found = document.find(key);
    return found != document.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0;
  };
  leased_item result{text("id"), text("lease"), std::string(*body), number("attempt"),
                     std::chrono::milliseconds{number("lease_ms")}};
  if (result.id.empty() || result.lease.empty() || result.lease_time.count() == 0) {
    return std::nullopt;
  }
  return result;
}

std::vector<std::string_view> items_of(std::string_view answer) {
  if (!nlohmann::json::accept(answer)) return {};
  return raw_elements(raw_member(answer, "items").value_or("[]"));
}

} // namespace squall::cli
