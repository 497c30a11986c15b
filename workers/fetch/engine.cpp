#include "workers/fetch/engine.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace squall::workers::fetch {
namespace {

/// Connections that are kept for later requests.
constexpr long most_idle_connections = 1'024;
/// Handles that are kept: making one costs more than setting it back.
constexpr std::size_t most_spare = 256;

int make_epoll() {
  const auto made = ::epoll_create1(EPOLL_CLOEXEC);
  if (made < 0) throw std::system_error{errno, std::generic_category(), "epoll_create1"};
  return made;
}

CURLM* make_multi() {
  static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto* made = started == CURLE_OK ? curl_multi_init() : nullptr;
  if (made == nullptr) throw std::runtime_error{"libcurl cannot be started"};
  return made;
}

int action_of(std::uint32_t events) {
  return ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
         ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
         ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
}

} // namespace

engine::engine(boost::asio::io_context& loop, const environment& around)
    : loop_{loop}, around_{around}, watched_{loop, make_epoll()}, timer_{loop},
      multi_{make_multi()}, lines_{around.options.per_host} {
  auto* multi = multi_.get();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &engine::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &engine::on_timeout);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, most_idle_connections);
  wait();
}

engine::~engine() {
  for (auto& [easy, each] : running_)
    curl_multi_remove_handle(multi_.get(), easy);
}

void engine::submit(std::shared_ptr<transfer> added) {
  if (lines_.enter(added->line(), added)) begin(std::move(added));
}

void engine::abort(const std::shared_ptr<transfer>& taken) {
  taken->finished = nullptr;
  if (lines_.withdraw(taken->line(), taken)) return;
  const auto found = running_.find(taken->handle());
  if (found == running_.end() || found->second.owner != taken) return;
  auto easy = std::move(found->second.easy);
  running_.erase(found);
  end(std::move(easy), taken->line());
}

void engine::begin(std::shared_ptr<transfer> begun) {
  easy_handle easy;
  if (spare_.empty()) {
    easy.reset(curl_easy_init());
  } else {
    easy = std::move(spare_.back());
    spare_.pop_back();
  }
  if (!easy) throw std::bad_alloc{};
  auto* handle = easy.get();
  begun->begin(handle);
  running_.emplace(handle, running{std::move(begun), std::move(easy)});
  curl_multi_add_handle(multi_.get(), handle);
}

/// Takes the handle of a transfer that has ended, and begins the one that waits for its place.
void engine::end(easy_handle easy, const std::string& line) {
  curl_multi_remove_handle(multi_.get(), easy.get());
  if (spare_.size() < most_spare) {
    curl_easy_reset(easy.get());
    spare_.push_back(std::move(easy));
  }
  if (auto next = lines_.leave(line)) begin(std::move(*next));
}

int engine::on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
  static_cast<engine*>(self)->watch(socket, what, known != nullptr);
  return 0;
}

void engine::watch(curl_socket_t socket, int what, bool known) {
  const auto epoll = watched_.native_handle();
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
    return;
  }
  epoll_event wanted{};
  wanted.events =
      ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  wanted.data.fd = socket;
  if (!known) curl_multi_assign(multi_.get(), socket, this);
  const auto likely = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  const auto otherwise = known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (::epoll_ctl(epoll, likely, socket, &wanted) != 0)
    ::epoll_ctl(epoll, otherwise, socket, &wanted);
}

void engine::wait() {
  watched_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](boost::system::error_code error) {
                        if (error) return;
                        on_ready();
                        wait();
                      });
}

void engine::on_ready() {
  std::array<epoll_event, 128> events;
  const auto count =
      ::epoll_wait(watched_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  int left = 0;
  for (int i = 0; i < count; ++i)
    curl_multi_socket_action(multi_.get(), events[i].data.fd, action_of(events[i].events), &left);
  reap();
}

int engine::on_timeout(CURLM*, long ms, void* self) {
  static_cast<engine*>(self)->set_timer(ms);
  return 0;
}

void engine::set_timer(long ms) {
  due_ = ms <= 0 ? clock::time_point::max() : clock::now() + std::chrono::milliseconds{ms};
  if (due_ < armed_) arm();
  // At once, as with every new transfer. Not from here: libcurl is in the midst of something.
  if (ms != 0 || std::exchange(kicked_, true)) return;
  boost::asio::post(loop_, [this] {
    kicked_ = false;
    act_on_time();
  });
}

void engine::arm() {
  armed_ = due_;
  timer_.expires_at(armed_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) on_timer();
  });
}

void engine::on_timer() {
  armed_ = clock::time_point::max();
  if (due_ > clock::now()) {
    if (due_ != clock::time_point::max()) arm();
    return;
  }
  due_ = clock::time_point::max();
  act_on_time();
}

void engine::act_on_time() {
  int left = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &left);
  reap();
}

/// Ends the transfers that libcurl is done with.
void engine::reap() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    auto ended = running_.extract(message->easy_handle);
    auto& [owner, easy] = ended.mapped();
    auto got = owner->end(code);
    end(std::move(easy), owner->line());
    if (auto finished = std::exchange(owner->finished, nullptr)) finished(std::move(got));
  }
}

} // namespace squall::workers::fetch
