// The yardstick of tests/bench/fetch: libcurl's multi interface on a bare epoll loop, as curl's own
// example has it (docs/examples/ephiperfifo.c), with easy handles and connections used again.
// Usage: curl_multi URL CONCURRENCY SECONDS; prints fetches a second.

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

namespace {

using time_point = std::chrono::steady_clock::time_point;
constexpr std::chrono::milliseconds warmup{500};

/// One of the transfers that are always under way.
struct lane {
  CURL* handle = nullptr;
  std::string body;
};

class driver {
public:
  driver(const char* url, std::size_t concurrency) : lanes_(concurrency) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(concurrency));
    for (auto& each : lanes_) {
      each.handle = curl_easy_init();
      curl_easy_setopt(each.handle, CURLOPT_URL, url);
      curl_easy_setopt(each.handle, CURLOPT_PRIVATE, &each);
      curl_easy_setopt(each.handle, CURLOPT_WRITEFUNCTION, on_body);
      curl_easy_setopt(each.handle, CURLOPT_WRITEDATA, &each.body);
      curl_easy_setopt(each.handle, CURLOPT_ACCEPT_ENCODING, "");
      curl_easy_setopt(each.handle, CURLOPT_PROXY, "");
      curl_multi_add_handle(multi_, each.handle);
    }
  }

  ~driver() {
    for (auto& each : lanes_) {
      curl_multi_remove_handle(multi_, each.handle);
      curl_easy_cleanup(each.handle);
    }
    curl_multi_cleanup(multi_);
    ::close(epoll_);
  }

  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;

  /// Fetches a second in the given time, after the warm-up.
  double run(std::chrono::duration<double> seconds) {
    const auto begin = std::chrono::steady_clock::now() + warmup;
    const auto end = begin + std::chrono::duration_cast<std::chrono::nanoseconds>(seconds);
    std::uint64_t done = 0;
    for (;;) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= end) return static_cast<double>(done) / seconds.count();
      turn();
      const auto finished = again();
      if (now >= begin) done += finished;
    }
  }

private:
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* body) {
    static_cast<std::string*>(body)->append(data, size);
    return size;
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto& me = *static_cast<driver*>(self);
    epoll_event event{};
    event.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    const auto change = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL
                        : known                  ? EPOLL_CTL_MOD
                                                 : EPOLL_CTL_ADD;
    ::epoll_ctl(me.epoll_, change, socket, &event);
    curl_multi_assign(me.multi_, socket, what == CURL_POLL_REMOVE ? nullptr : &me);
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* self) {
    static_cast<driver*>(self)->timeout_ms_ = static_cast<int>(ms);
    return 0;
  }

  /// Lets curl work on what is ready.
  void turn() {
    epoll_event events[256];
    const auto ready = ::epoll_wait(epoll_, events, 256, timeout_ms_);
    int running = 0;
    if (ready <= 0) {
      timeout_ms_ = -1;
      curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (int i = 0; i < ready; ++i) {
      const auto flags = events[i].events;
      const int what = ((flags & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                       ((flags & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((flags & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi_, events[i].data.fd, what, &running);
    }
  }

  /// Starts the transfers again that have ended; how many.
  std::uint64_t again() {
    std::uint64_t finished = 0;
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      auto* handle = message->easy_handle;
      const auto result = message->data.result;
      long status = 0;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      lane* which = nullptr;
      curl_easy_getinfo(handle, CURLINFO_PRIVATE, &which);
      if (result != CURLE_OK || status != 200) {
        std::cerr << "error: " << curl_easy_strerror(result) << ", status " << status << '\n';
        std::exit(1);
      }
      which->body.clear();
      curl_multi_remove_handle(multi_, handle);
      curl_multi_add_handle(multi_, handle);
      ++finished;
    }
    return finished;
  }

  CURLM* multi_ = curl_multi_init();
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  int timeout_ms_ = 0;
  std::vector<lane> lanes_;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: curl_multi URL CONCURRENCY SECONDS\n";
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const auto rate =
      driver{argv[1], std::stoul(argv[2])}.run(std::chrono::duration<double>{std::stod(argv[3])});
  curl_global_cleanup();
  std::cout << rate << '\n';
}
