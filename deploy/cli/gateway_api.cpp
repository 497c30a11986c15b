#include "deploy/cli/gateway_api.hpp"

#include "deploy/cli/problem.hpp"

#include <cctype>
#include <stdexcept>

namespace squall::cli {

namespace {

/// Characters that stand for themselves everywhere in a URL (RFC 3986, 2.3), but for '~'.
bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

} // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

http_answer ask_gateway(const url& gateway, const http_question& question,
                        std::chrono::milliseconds timeout) {
  auto answer = ask(gateway, question, timeout + answer_margin);
  if (answer.status < 200 || answer.status > 299) {
    throw std::runtime_error(describe_problem(answer));
  }
  return answer;
}

} // namespace squall::cli
