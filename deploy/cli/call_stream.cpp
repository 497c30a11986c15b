#include "deploy/cli/call_stream.hpp"

#include "deploy/cli/exit_code.hpp"
#include "deploy/cli/gateway_stream.hpp"
#include "deploy/cli/gateway_trust.hpp"
#include "deploy/cli/line_source.hpp"
#include "deploy/cli/problem.hpp"
#include "deploy/cli/progress.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <cerrno>
#include <exception>
#include <memory>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

// At -O1, g++ 12 takes the pair of allocation functions of Asio's coroutine frames for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

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
      : gateway_(gateway), place_(gateway.origin()), job_(options, concurrency, ordered),
        total_bytes_(size_of_stdin()) {}

  std::uint64_t run();

private:
  using stream_type = beast::websocket::stream<gateway_stream>;

  asio::awaitable<void> open();
  void begin();
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
  stream_type socket_{context_.get_executor()};
  asio::steady_timer timer_{context_};
  beast::flat_buffer buffer_;
  std::string request_; ///< being written
  bool writing_ = false;
  bool finished_ = false;
  progress_bar bar_;
  std::unique_ptr<line_source> source_;
};

/// Connects and shakes hands.
asio::awaitable<void> call_stream::open() {
  auto& stream = socket_.next_layer();
  co_await stream.open(gateway_, connect_timeout);
  stream.next_layer().expires_never();
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
  const auto [error] = co_await socket_.async_handshake(answer, gateway_.authority(), "/v1/ws",
                                                        asio::as_tuple(asio::use_awaitable));
  if (error == beast::websocket::error::upgrade_declined) {
    if (auto why = wants_tls(gateway_, answer.result_int(), answer.body()); !why.empty())
      throw tls_failure(std::move(why));
    throw std::runtime_error(describe_problem({answer.result_int(), answer.body()}));
  }
  if (error) throw boost::system::system_error(error);
}

/// Nothing else happens meanwhile.
void call_stream::begin() {
  std::exception_ptr failure;
  asio::co_spawn(context_, open(), [this, &failure](const std::exception_ptr& error) {
    failure = error;
    context_.stop(); // a WebSocket that failed still has its timer
  });
  context_.run();
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() == beast::error::timeout) throw unreachable(place_, "no answer within 10 s");
    throw not_reached(gateway_, error);
  }
}

std::uint64_t call_stream::run() {
  begin();
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
                              : reason_of(boost::system::system_error(error));
  throw connection_lost(place_, why);
}

} // namespace

std::uint64_t call_lines(const url& gateway, const call_options& options, std::size_t concurrency,
                         bool ordered) {
  return call_stream(gateway, options, concurrency, ordered).run();
}

} // namespace squall::cli
