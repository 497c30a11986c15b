#include "deploy/cli/call_stream.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/line_source.hpp"
#include "deploy/cli/problem.hpp"
#include "deploy/cli/progress.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>

#include <cerrno>
#include <memory>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

namespace squall::cli {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::chrono::seconds connect_timeout{10};
constexpr std::chrono::milliseconds tick{50};
constexpr std::size_t enough_to_print = 64 * 1024;

/// Size of stdin when it is a file, else 0.
std::uint64_t size_of_stdin() {
  struct stat info {};
  if (::fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

/// Writes all of `text` to stdout and empties it.
void print(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto size = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw std::system_error(errno, std::generic_category(), "writing to stdout");
    at += static_cast<std::size_t>(size);
  }
  text.clear();
}

/// One run; everything but `source_`'s thread runs in `call_lines`' thread.
class call_stream {
public:
  call_stream(const url& gateway, const call_options& options, std::size_t concurrency,
              bool ordered)
      : gateway_(gateway), place_("http://" + gateway.authority()),
        job_(options, concurrency, ordered), total_bytes_(size_of_stdin()) {}

  std::uint64_t run();

private:
  using stream_type = beast::websocket::stream<beast::tcp_stream>;

  void open();
  void read();
  void on_read(error_code error);
  void pump();
  void on_written(error_code error);
  void settle();
  void show_later();
  progress now();
  void lose(const error_code& error);

  const url gateway_;
  const std::string place_;
  stream_job job_;
  const std::uint64_t total_bytes_;
  asio::io_context context_{1};
  stream_type socket_{context_};
  asio::steady_timer timer_{context_};
  beast::flat_buffer buffer_;
  std::string request_; ///< being written
  bool writing_ = false;
  bool finished_ = false;
  progress_bar bar_;
  std::unique_ptr<line_source> source_;
};

/// Connects with a time limit; nothing else happens meanwhile.
void call_stream::open() {
  error_code failure;
  const auto note = [&failure](const error_code& error) { failure = error; };
  const auto step = [&] {
    context_.restart();
    context_.run();
    if (failure == beast::error::timeout) throw unreachable(place_, "no answer within 10 s");
    if (failure) throw unreachable(place_, failure.message());
  };
  auto& tcp = beast::get_lowest_layer(socket_);
  tcp.expires_after(connect_timeout);
  asio::ip::tcp::resolver resolver(context_);
  const auto found = resolver.resolve(gateway_.host, gateway_.port, failure);
  if (failure) throw unreachable(place_, failure.message());
  tcp.async_connect(found, [&note](const error_code& error, const auto&) { note(error); });
  step();
  tcp.socket().set_option(asio::ip::tcp::no_delay(true));
  tcp.expires_never();
  auto limits = beast::websocket::stream_base::timeout::suggested(beast::role_type::client);
  limits.handshake_timeout = connect_timeout;
  socket_.set_option(limits);
  socket_.read_message_max(0); // a kind may answer with as much as it likes
  if (!gateway_.token.empty())
    socket_.set_option(beast::websocket::stream_base::decorator(
        [token = gateway_.token](beast::websocket::request_type& request) {
          request.set(beast::http::field::authorization, "Bearer " + token);
        }));
  beast::websocket::response_type answer;
  socket_.async_handshake(answer, gateway_.authority(), "/v1/ws", [&](const error_code& error) {
    if (error == beast::websocket::error::upgrade_declined)
      throw std::runtime_error(describe_problem({answer.result_int(), answer.body()}));
    note(error);
  });
  step();
}

std::uint64_t call_stream::run() {
  open();
  context_.restart();
  const auto guard = asio::make_work_guard(context_);
  source_ = std::make_unique<line_source>(STDIN_FILENO,
                                          [this] { asio::post(context_, [this] { pump(); }); });
  read();
  show_later();
  try {
    context_.run();
  } catch (...) {
    bar_.finish(now());
    print(job_.output());
    throw;
  }
  bar_.finish(now());
  return job_.failed();
}

void call_stream::read() {
  socket_.async_read(buffer_, [this](const error_code& error, std::size_t) { on_read(error); });
}

void call_stream::on_read(error_code error) {
  if (finished_) return;
  if (error) return lose(error);
  const auto data = buffer_.cdata();
  const std::string_view message(static_cast<const char*>(data.data()), data.size());
  if (!job_.on_message(message)) {
    throw std::runtime_error("the gateway answered what was not asked: " +
                             std::string(message.substr(0, 200)));
  }
  buffer_.clear();
  read();
  pump();
}

/// Sends the next line when there are a line and room for it, one message at a time.
void call_stream::pump() {
  if (finished_) return;
  while (!writing_ && job_.has_room()) {
    const auto line = source_->next();
    if (!line) break;
    auto request = job_.begin(*line);
    if (!request) continue;
    request_ = std::move(*request);
    writing_ = true;
    socket_.async_write(asio::buffer(request_),
                        [this](const error_code& error, std::size_t) { on_written(error); });
  }
  settle();
}

void call_stream::on_written(error_code error) {
  writing_ = false;
  if (finished_) return;
  if (error) return lose(error);
  pump();
}

/// Prints what is ready, and closes when that was all.
void call_stream::settle() {
  const bool idle = job_.in_flight() == 0;
  if (idle || job_.output().size() >= enough_to_print) print(job_.output());
  if (!idle || writing_ || !source_->ended()) return;
  finished_ = true;
  timer_.cancel();
  socket_.async_close(beast::websocket::close_code::normal,
                      [this](const error_code&) { context_.stop(); });
}

/// What is ready is seen soon, however slow the rest is, and at a few writes a second.
void call_stream::show_later() {
  timer_.expires_after(tick);
  timer_.async_wait([this](const error_code& error) {
    if (error || finished_) return;
    print(job_.output());
    bar_.update(now());
    show_later();
  });
}

progress call_stream::now() {
  return {job_.done(), job_.failed(), source_->bytes(), total_bytes_, {}};
}

void call_stream::lose(const error_code& error) {
  const auto& reason = socket_.reason();
  const std::string why = error == beast::websocket::error::closed && !reason.reason.empty()
                              ? std::string(reason.reason.data(), reason.reason.size())
                              : error.message();
  throw connection_lost(place_, why);
}

} // namespace

std::uint64_t call_lines(const url& gateway, const call_options& options, std::size_t concurrency,
                         bool ordered) {
  return call_stream(gateway, options, concurrency, ordered).run();
}

} // namespace squall::cli
