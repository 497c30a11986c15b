#include "deploy/cli/bench/speech.hpp"

#include "deploy/cli/bench/frames.hpp"
#include "deploy/cli/bench/http_reply.hpp"
#include "tests/support/catch.hpp"

using namespace squall::cli::bench;

namespace {

/// What a server reads out of a masked frame.
std::string unmasked(const std::string& frame) {
  const auto size = static_cast<unsigned char>(frame[1]) & 0x7f;
  const std::size_t header = size == 127 ? 10 : size == 126 ? 4 : 2;
  std::string text = frame.substr(header + 4);
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<char>(text[i] ^ frame[header + i % 4]);
  }
  return text;
}

std::string server_frame(const std::string& text) {
  return std::string("\x81") + static_cast<char>(text.size()) + text;
}

options with(language speaks, expectation expect = expectation::prime) {
  options settings;
  settings.speaks = speaks;
  settings.expect = expect;
  settings.target = {"127.0.0.1", "8888", "/v1/call/prime?n="};
  return settings;
}

/// Index of the first question that is prime, or is not.
std::size_t find(bool prime) {
  const auto questions = make_questions();
  std::size_t i = 0;
  while (questions[i].prime != prime)
    ++i;
  return i;
}

} // namespace

TEST_CASE("a masked frame holds its message, at lengths around each limit") {
  for (const std::size_t size :
       {0U, 1U, 7U, 8U, 9U, 125U, 126U, 300U, 65'535U, 65'536U, 100'000U}) {
    CAPTURE(size);
    const std::string text(size, 'x');
    std::string frame;
    append_frame(frame, text_opcode, text);
    CHECK((frame[1] & 0x80) != 0);
    CHECK(unmasked(frame) == text);
  }
}

TEST_CASE("a frame is read once all of it is there") {
  const auto frame = server_frame("97 is a prime number");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CHECK(read_frame(std::string_view(frame).substr(0, size)).is == reply::what::incomplete);
  }
  const auto input = frame + "more";
  const auto message = read_frame(input);
  CHECK(message.is == reply::what::answer);
  CHECK(message.consumed == frame.size());
  CHECK(message.body == "97 is a prime number");
}

TEST_CASE("control frames are told apart, and what is no frame of a server is broken") {
  using namespace std::string_literals;
  CHECK(read_frame("\x89\x01p"s).is == reply::what::ping);
  CHECK(read_frame("\x8a\x00"s).is == reply::what::ignore);
  CHECK(read_frame("\x88\x00"s).is == reply::what::broken);
  CHECK(read_frame("\x81\x81maskx"s).is == reply::what::broken);
  CHECK(read_frame("\x01\x01x"s).is == reply::what::broken);
  CHECK(read_frame("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s).is == reply::what::broken);
}

TEST_CASE("plain answers are checked word for word") {
  const auto questions = make_questions();
  const auto speech = make_speech(with(language::websocket));
  const auto prime = find(true);
  const auto composite = find(false);
  CHECK(speech->right(prime, questions[prime].digits + " is a prime number"));
  CHECK_FALSE(speech->right(prime, questions[prime].digits + " is not a prime number"));
  CHECK(speech->right(composite, questions[composite].digits + " is not a prime number"));
  CHECK_FALSE(speech->right(composite, questions[composite].digits + " is a prime number"));
  CHECK_FALSE(speech->right(prime, questions[prime].digits + "1 is a prime number"));
  CHECK_FALSE(speech->right(prime, "error: no"));
}

TEST_CASE("other servers' words pass when only the number is expected") {
  const auto questions = make_questions();
  const auto speech = make_speech(with(language::websocket, expectation::loose));
  CHECK(speech->right(0, questions[0].digits + ": True"));
  CHECK_FALSE(speech->right(0, questions[0].digits + "0: True"));
  const auto echo = make_speech(with(language::websocket, expectation::echo));
  CHECK(echo->right(0, questions[0].digits));
  CHECK_FALSE(echo->right(0, questions[0].digits + " "));
}

TEST_CASE("JSON-RPC questions carry their id, and answers give it back") {
  const auto questions = make_questions();
  const auto speech = make_speech(with(language::rpc));
  const auto prime = find(true);
  std::string frame;
  speech->ask(frame, prime, 12);
  CHECK(unmasked(frame) == R"({"jsonrpc":"2.0","id":12,"method":"prime","params":{"n":")" +
                               questions[prime].digits + R"("}})");
  const auto body = R"({"jsonrpc":"2.0","id":12,"result":{"n":")" + questions[prime].digits +
                    R"(","prime":true}})";
  const auto input = server_frame(body);
  const auto message = speech->read(input);
  CHECK(message.id == 12U);
  CHECK(speech->right(prime, message.body));
  CHECK_FALSE(speech->right(find(false), message.body));
  CHECK(speech->read(server_frame(R"({"id":null})")).is == reply::what::broken);
}

TEST_CASE("a method that is named is asked with its params, and any result is right") {
  auto settings = with(language::rpc, expectation::result);
  settings.method = "queue.put";
  settings.params = R"({"queue":"q","item":{"body":1}})";
  const auto speech = make_speech(settings);
  std::string frame;
  speech->ask(frame, 0, 7);
  CHECK(unmasked(frame) == R"({"jsonrpc":"2.0","id":7,"method":"queue.put",)"
                           R"("params":{"queue":"q","item":{"body":1}}})");
  CHECK(speech->right(0, R"({"jsonrpc":"2.0","id":7,"result":{"ids":["1"]}})"));
  CHECK(speech->right(0, R"({"jsonrpc":"2.0","id":7,"result":null})"));
  CHECK_FALSE(speech->right(0, R"({"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"full",)"
                               R"("data":{"result":1}}})"));
}

TEST_CASE("HTTP answers are cut by their length, wherever the input ends") {
  const std::string text = "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length:  5\r\n\r\nhello";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK(read_http_reply(std::string_view(text).substr(0, size)).is == reply::what::incomplete);
  }
  const auto input = text + "HTTP/1.1";
  const auto message = read_http_reply(input);
  CHECK(message.is == reply::what::answer);
  CHECK(message.body == "hello");
  CHECK(message.consumed == text.size());
  CHECK_FALSE(message.refused);
}

TEST_CASE("an answer of a port that speaks HTTPS is broken with what to do") {
  const auto answer =
      read_http_reply("HTTP/1.1 400 X\r\nContent-Length: 25\r\nConnection: close\r\n\r\n"
                      "This port speaks HTTPS.\r\n");
  CHECK(answer.is == reply::what::broken);
  CHECK(answer.body.find("https://") != std::string_view::npos);
}

TEST_CASE("HTTP answers that are errors are refused, and those without length are broken") {
  CHECK(read_http_reply("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n").refused);
  for (const auto* text :
       {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n"}) {
    CAPTURE(text);
    CHECK(read_http_reply(text).is == reply::what::broken);
  }
}
