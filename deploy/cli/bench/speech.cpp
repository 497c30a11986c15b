#include "deploy/cli/bench/speech.hpp"

#include "deploy/cli/bench/frames.hpp"
#include "deploy/cli/bench/http_reply.hpp"
#include "deploy/cli/raw_json.hpp"

#include <charconv>
#include <vector>

namespace squall::cli::bench {

namespace {

/// `prime` of Squall's JSON result for `asked`.
bool right_json(const question& asked, std::string_view body) {
  const std::string_view verdict = asked.prime ? R"("prime":true)" : R"("prime":false)";
  if (body.find(verdict) == std::string_view::npos) return false;
  const auto at = body.find(R"("n":")");
  if (at == std::string_view::npos) return false;
  const auto digits = body.substr(at + 5);
  return digits.starts_with(asked.digits) && digits.substr(asked.digits.size()).starts_with('"');
}

/// `97 is a prime number`, `98 is not a prime number`.
bool right_sentence(const question& asked, std::string_view body) {
  if (!body.starts_with(asked.digits)) return false;
  const auto rest = body.substr(asked.digits.size());
  return asked.prime ? rest == " is a prime number" : rest == " is not a prime number";
}

/// The number and nothing that would make it another.
bool begins_with(const question& asked, std::string_view body) {
  if (!body.starts_with(asked.digits)) return false;
  const auto rest = body.substr(asked.digits.size());
  return rest.empty() || rest.front() < '0' || rest.front() > '9';
}

class speech_base : public speech {
public:
  explicit speech_base(expectation expect) : expect_(expect), questions_(make_questions()) {}

  void pong(std::string& out, std::string_view body) const override {
    append_frame(out, pong_opcode, body);
  }

protected:
  expectation expect_;
  std::vector<question> questions_;
};

/// Integers as text messages. All frames are built beforehand.
class websocket_speech final : public speech_base {
public:
  explicit websocket_speech(expectation expect) : speech_base(expect) {
    for (const auto& each : questions_)
      append_frame(frames_.emplace_back(), text_opcode, each.digits);
  }

  void ask(std::string& out, std::size_t index, std::size_t) const override {
    out.append(frames_[index]);
  }
  reply read(std::string_view input) const override { return read_frame(input); }
  bool right(std::size_t index, std::string_view body) const override {
    const auto& asked = questions_[index];
    if (expect_ == expectation::echo) return body == asked.digits;
    return expect_ == expectation::loose ? begins_with(asked, body) : right_sentence(asked, body);
  }
  bool upgrades() const noexcept override { return true; }
  bool has_ids() const noexcept override { return false; }

private:
  std::vector<std::string> frames_;
};

/// Where an answer's id ends, and the id; nothing when it has none.
struct answer_id {
  std::size_t id = 0;
  std::string_view rest;
};

std::optional<answer_id> id_of(std::string_view body) {
  constexpr std::string_view key = R"("id":)";
  const auto at = body.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  answer_id out;
  const auto digits = body.substr(at + key.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.id);
  if (error != std::errc{}) return std::nullopt;
  out.rest = digits.substr(static_cast<std::size_t>(end - digits.data()));
  return out;
}

/// JSON-RPC 2.0: `prime`, or the method and params that are named.
class rpc_speech final : public speech_base {
public:
  explicit rpc_speech(const options& settings) : speech_base(settings.expect) {
    if (!settings.method.empty())
      fixed_ = R"(,"method":)" + json_string(settings.method) + R"(,"params":)" + settings.params;
  }

  void ask(std::string& out, std::size_t index, std::size_t id) const override {
    std::string text = R"({"jsonrpc":"2.0","id":)";
    text += std::to_string(id);
    if (fixed_.empty()) {
      text += R"(,"method":"prime","params":{"n":")";
      text += questions_[index].digits;
      text += R"("})";
    }
    text += fixed_;
    text += '}';
    append_frame(out, text_opcode, text);
  }

  reply read(std::string_view input) const override {
    auto frame = read_frame(input);
    if (frame.is != reply::what::answer) return frame;
    const auto found = id_of(frame.body);
    if (!found)
      return {reply::what::broken, 0, "the server answered without an id", std::nullopt, false};
    frame.id = found->id;
    return frame;
  }

  bool right(std::size_t index, std::string_view body) const override {
    if (expect_ != expectation::result) return right_json(questions_[index], body);
    const auto found = id_of(body);
    return found && found->rest.starts_with(R"(,"result":)");
  }
  bool upgrades() const noexcept override { return true; }
  bool has_ids() const noexcept override { return true; }

private:
  std::string fixed_; ///< method and params; empty: they change from question to question
};

/// GET. A path that ends with '=' gets the number appended.
class http_speech final : public speech_base {
public:
  explicit http_speech(const options& settings) : speech_base(settings.expect) {
    const auto& path = settings.target.path;
    for (const auto& each : questions_) {
      requests_.push_back("GET " + path + (path.ends_with('=') ? each.digits : "") +
                          " HTTP/1.1\r\nHost: " + settings.target.authority() + "\r\n" +
                          settings.target.authorization() + "\r\n");
    }
  }

  void ask(std::string& out, std::size_t index, std::size_t) const override {
    out.append(requests_[index]);
  }
  reply read(std::string_view input) const override { return read_http_reply(input); }
  bool right(std::size_t index, std::string_view body) const override {
    return expect_ == expectation::loose || right_json(questions_[index], body);
  }
  bool upgrades() const noexcept override { return false; }
  bool has_ids() const noexcept override { return false; }

private:
  std::vector<std::string> requests_;
};

} // namespace

std::unique_ptr<speech> make_speech(const options& settings) {
  switch (settings.speaks) {
  case language::websocket:
    return std::make_unique<websocket_speech>(settings.expect);
  case language::rpc:
    return std::make_unique<rpc_speech>(settings);
  case language::http:
    break;
  }
  return std::make_unique<http_speech>(settings);
}

} // namespace squall::cli::bench
