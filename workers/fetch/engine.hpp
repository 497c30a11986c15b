#pragma once

#include "workers/fetch/host_lines.hpp"
#include "workers/fetch/transfer.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

namespace squall::workers::fetch {

/// Runs transfers on an event loop by libcurl's multi interface, thousands at a time. Their sockets
/// are libcurl's and stay so: they are watched by an epoll instance, and the loop watches that.
/// Everything, the end too, happens on the loop's thread, or when the loop has none.
class engine {
public:
  /// `around` outlives it.
  engine(boost::asio::io_context& loop, const environment& around);

  /// Ends all transfers, and calls none of their `finished`.
  ~engine();

  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Begins now, or when its host has room. Calls its `finished` in a later turn of the loop.
  void submit(std::shared_ptr<transfer> added);

  /// Takes one back that may be waiting, under way, or finished. Its `finished` is not called.
  void abort(const std::shared_ptr<transfer>& taken);

  boost::asio::io_context& loop() noexcept { return loop_; }
  const environment& around() const noexcept { return around_; }

private:
  struct multi_closer {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct easy_closer {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  using easy_handle = std::unique_ptr<CURL, easy_closer>;
  struct running {
    std::shared_ptr<transfer> owner;
    easy_handle easy; ///< refers to `owner`, so it ends first
  };
  using clock = std::chrono::steady_clock;

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known);
  static int on_timeout(CURLM*, long ms, void* self);

  void begin(std::shared_ptr<transfer> begun);
  void end(easy_handle easy, const std::string& line);
  void watch(curl_socket_t socket, int what, bool known);
  void wait();
  void on_ready();
  void set_timer(long ms);
  void arm();
  void on_timer();
  void act_on_time();
  void reap();

  boost::asio::io_context& loop_;
  const environment& around_;
  boost::asio::posix::stream_descriptor watched_; ///< the epoll instance
  boost::asio::steady_timer timer_;
  clock::time_point due_ = clock::time_point::max();   ///< when libcurl wants to be called
  clock::time_point armed_ = clock::time_point::max(); ///< when the timer ends; never after `due_`
  bool kicked_ = false; ///< a turn of the loop is ordered, in which libcurl is called
  std::unique_ptr<CURLM, multi_closer> multi_;
  host_lines<std::shared_ptr<transfer>> lines_;
  std::unordered_map<CURL*, running> running_;
  std::vector<easy_handle> spare_;
};

} // namespace squall::workers::fetch
