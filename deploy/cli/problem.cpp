#include "deploy/cli/problem.hpp"

#include <nlohmann/json.hpp>

namespace squall::cli {

std::string describe_problem(const http_answer& answer) {
  const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
  if (!problem.is_object() || !problem.contains("code")) {
    return "internal: the gateway answered with HTTP status " + std::to_string(answer.status);
  }
  const auto reason = problem.find("reason");
  const bool has_reason = reason != problem.end() && reason->is_string();
  const auto code = problem.value("code", "");
  return code + (has_reason ? " (" + reason->get<std::string>() + "): " : std::string{": "}) +
         problem.value("detail", problem.value("title", "")) +
         (code == "unauthorized" ? "; give a good one with --token or SQUALL_TOKEN" : "");
}

} // namespace squall::cli
