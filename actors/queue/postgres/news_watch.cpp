#include "actors/queue/postgres/news_watch.hpp"

#include "actors/backoff.hpp"
#include "actors/queue/postgres/connection.hpp"
#include "actors/queue/postgres/news_text.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace squall::actors::postgres {
namespace {

class news_watch final : public store_watch {
public:
  news_watch(std::string url, std::string own)
      : url_{std::move(url)}, own_{std::move(own)}, stop_{::eventfd(0, EFD_CLOEXEC)} {
    if (stop_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
  }
  ~news_watch() override {
    const std::uint64_t one = 1;
    static_cast<void>(::write(stop_, &one, sizeof one));
    if (thread_.joinable()) thread_.join();
    ::close(stop_);
  }
  news_watch(const news_watch&) = delete;
  news_watch& operator=(const news_watch&) = delete;

  void start(std::function<void(proto::store_news)> tell) override {
    tell_ = std::move(tell);
    thread_ = std::thread{[this] { run(); }};
  }

private:
  void run() {
    backoff pauses{std::chrono::milliseconds{100}, std::chrono::seconds{2},
                   std::hash<std::string>{}(own_)};
    while (!stopped({})) {
      try {
        listen(pauses);
      } catch (const std::exception& why) {
        spdlog::debug("news of the store are not heard: {}", why.what());
      }
      if (stopped(pauses.next())) return;
    }
  }

  void listen(backoff& pauses) {
    connection link{url_, "LISTEN squall"};
    pauses.reset();
    proto::store_news all;
    all.all = true;
    tell_(all);
    while (!stopped({}))
      for (const auto& text : link.heard(stop_))
        if (auto news = read_news(text, own_)) tell_(*std::move(news));
  }

  /// Waits so long at most.
  bool stopped(std::chrono::milliseconds most) const {
    pollfd end{stop_, POLLIN, 0};
    return ::poll(&end, 1, static_cast<int>(most.count())) > 0;
  }

  std::string url_;
  std::string own_;
  int stop_;
  std::function<void(proto::store_news)> tell_;
  std::thread thread_;
};

} // namespace

std::unique_ptr<store_watch> watch_news(const std::string& url, const std::string& own) {
  return std::make_unique<news_watch>(url, own);
}

} // namespace squall::actors::postgres
