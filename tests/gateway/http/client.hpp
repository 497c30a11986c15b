#pragma once

#include "gateway/http/session.hpp"
#include "tests/support/fake_gateway.hpp"

#include <cctype>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::tests {

/// One HTTP answer as a client understands it.
struct http_answer {
  int status = 0;
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

/// Takes one answer off `bytes`; throws when there is none, or an incomplete one.
inline http_answer take_answer(std::string& bytes, bool without_body = false) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos || !bytes.starts_with("HTTP/1.1 "))
    throw std::runtime_error("no answer in: " + bytes);
  http_answer answer;
  answer.status = std::stoi(bytes.substr(9, 3));
  for (auto line = bytes.find("\r\n") + 2; line < end + 2;) {
    const auto next = bytes.find("\r\n", line);
    const auto colon = bytes.find(": ", line);
    auto name = bytes.substr(line, colon - line);
    for (char& c : name)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    answer.headers[name] = bytes.substr(colon + 2, next - colon - 2);
    line = next + 2;
  }
  bytes.erase(0, end + 4);
  if (without_body) return answer;
  if (answer.header("transfer-encoding") == "chunked") {
    for (std::size_t size = 1; size > 0;) {
      size = std::stoul(bytes, nullptr, 16);
      const auto data = bytes.find("\r\n") + 2;
      answer.body += bytes.substr(data, size);
      bytes.erase(0, data + size + 2);
    }
  } else if (const auto length = answer.header("content-length"); !length.empty()) {
    if (bytes.size() < std::stoul(length)) throw std::runtime_error("body too short");
    answer.body = bytes.substr(0, std::stoul(length));
    bytes.erase(0, std::stoul(length));
  }
  return answer;
}

/// A session over a fake connection that keeps what was not consumed, as a real one does.
class http_client {
public:
  gateway::settings limits = echoing();
  fake_dispatcher calls;
  fake_queues queues;
  gateway::counters counts;
  gateway::http::gateway_identity identity{.name = "g1", .id = "abc", .listen = {}, .cluster = {}};
  std::optional<gateway::http::endpoint> upgraded;
  gateway::http::context shared{limits,
                                calls,
                                queues,
                                counts,
                                identity,
                                [this](auto&, gateway::http::endpoint which, const auto&) {
                                  upgraded = which;
                                  return nullptr;
                                }};
  fake_link link;
  std::string unconsumed;
  std::unique_ptr<gateway::protocol> session;

  /// Gives the session `bytes`, and again what it left when it asks for that.
  void send(std::string_view bytes) {
    if (!session) {
      session = gateway::http::make_session(link, shared);
      session->on_open();
    }
    unconsumed += bytes;
    offer();
  }
  void offer() {
    do {
      link.resumed = false;
      if (!link.finished) unconsumed.erase(0, session->on_data(unconsumed));
    } while (link.resumed);
  }
  /// The socket has taken all that was written.
  void sent() {
    session->on_sent();
    if (link.resumed) offer();
  }
  /// The one answer to `bytes`.
  http_answer ask(std::string_view bytes) {
    send(bytes);
    return take_answer(link.sent);
  }
  http_answer get(const std::string& target, const std::string& headers = {}) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
  }
  http_answer post(const std::string& target, const std::string& body,
                   const std::string& headers = {}) {
    return ask(post_text(target, body, headers));
  }
  static std::string post_text(const std::string& target, const std::string& body,
                               const std::string& headers = {}) {
    return "POST " + target +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
  }
  /// Answers the only open call, then offers what waited behind it.
  http_answer answer_call(std::string body, proto::errc code = proto::errc::none) {
    calls.answer(calls.open.begin()->first, std::move(body), code);
    offer();
    return take_answer(link.sent);
  }
  void wait(std::chrono::milliseconds time) {
    link.time += time;
    if (link.time < link.timer) return;
    link.timer = gateway::link::clock::time_point::max();
    session->on_timer();
    offer();
  }
  void know(std::string name, bool safe, std::uint32_t slots = 1) {
    proto::kind_slots entry;
    entry.info.name = std::move(name);
    entry.info.safe = safe;
    entry.info.params_schema = R"({"type":"object"})";
    entry.slots = slots;
    calls.known.kinds.push_back(std::move(entry));
  }

private:
  static gateway::settings echoing() {
    gateway::settings limits;
    limits.echo = true;
    return limits;
  }
};

} // namespace squall::tests
