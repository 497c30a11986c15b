#include "deploy/cli/stream_job.hpp"

#include "deploy/cli/raw_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace squall::cli {

namespace {

/// Places that may wait for an earlier line's answer. Far more than are in flight, so that one slow
/// call does not hold the others up.
constexpr std::size_t places_per_call = 64;
constexpr std::size_t min_places = 4096;

constexpr std::string_view bad_line =
    R"({"code":-32602,"message":"the line is not valid JSON","data":{"code":"invalid_params"}})";

} // namespace

bool stream_job::has_room() const noexcept {
  return waiting_.size() < concurrency_ &&
         order_.size() < std::max(min_places, places_per_call * concurrency_);
}

std::optional<std::string> stream_job::begin(const numbered_line& line) {
  const origin from{ordered_ ? order_.take_place() : 0, line.number};
  const auto params = params_of(line.text, options_.param);
  if (!params) {
    ++failed_;
    finish(from, "error", bad_line);
    return std::nullopt;
  }
  waiting_.emplace(++last_id_, from);
  return request(last_id_, *params);
}

std::string stream_job::request(std::uint64_t id, std::string_view params) const {
  std::string text = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
                     R"(,"method":"call","params":{"kind":)" + json_string(options_.kind);
  if (options_.timeout_ms != 0) text += R"(,"timeout_ms":)" + std::to_string(options_.timeout_ms);
  text += R"(,"priority":)" + std::to_string(options_.priority) + R"(,"params":)";
  return text.append(params).append("}}");
}

bool stream_job::on_message(std::string_view message) {
  if (!nlohmann::json::accept(message)) return false;
  const auto digits = raw_member(message, "id").value_or("");
  std::uint64_t id = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), id).ec != std::errc{}) {
    return false;
  }
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return false;
  const auto from = found->second;
  waiting_.erase(found);
  if (const auto result = raw_member(message, "result")) {
    finish(from, "result", *result);
  } else {
    ++failed_;
    finish(from, "error", raw_member(message, "error").value_or("null"));
  }
  return true;
}

/// A result stands alone in its line when lines are in order; otherwise it says whose it is.
void stream_job::finish(const origin& from, std::string_view member, std::string_view value) {
  ++done_;
  std::string line;
  if (ordered_ && member == "result") {
    line.append(value);
  } else {
    line += '{';
    if (!ordered_) line += R"("line":)" + std::to_string(from.line) + ',';
    line.append("\"").append(member).append("\":").append(value).append("}");
  }
  line += '\n';
  if (!ordered_) {
    output_ += line;
    return;
  }
  order_.fill(from.place, std::move(line));
  order_.drain(output_);
}

} // namespace squall::cli
