#include "deploy/cli/bench/generator.hpp"

#include "deploy/cli/bench/channel.hpp"
#include "deploy/cli/bench/dial.hpp"
#include "deploy/cli/bench/pending.hpp"
#include "deploy/cli/bench/schedule.hpp"
#include "deploy/cli/bench/speech.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <vector>

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

namespace squall::cli::bench {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t grace_ns = 2 * second_ns; // for answers under way at the end

std::int64_t now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * second_ns + time.tv_nsec;
}

std::int64_t cpu_ns() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto ns = [](const timeval& t) { return t.tv_sec * second_ns + t.tv_usec * 1'000; };
  return ns(use.ru_utime) + ns(use.ru_stime);
}

struct connection {
  channel server;
  std::string input;  ///< the beginning of a message that is not complete
  std::string output; ///< not taken by the socket yet
  pending waiting;
  std::uint32_t next_question = 0;
  std::uint64_t asked = 0;
  std::uint64_t due = 0; ///< by the schedule
  bool wants_room = false;
};

class generator {
public:
  explicit generator(const options& settings)
      : settings_(settings), speech_(make_speech(settings)), buffer_(256 * 1024) {
    open_all();
  }

  outcome run();

private:
  void open_all();
  void begin_measuring();
  void end_measuring();
  void turn();
  void on_event(const epoll_event& event);
  void read_from(connection& c);
  void take(connection& c, std::string_view fresh);
  std::size_t read_all(connection& c, std::string_view input);
  void on_answer(connection& c, const reply& answer);
  void follow_schedule();
  void refill(connection& c);
  void flush(connection& c);
  void watch(connection& c, int operation, std::uint32_t events);
  void lose(connection& c, std::string_view why);
  void count_error(std::string what);
  std::int64_t next_wake() const;

  const options settings_;
  std::unique_ptr<speech> speech_;
  socket_handle epoll_;
  std::vector<connection> connections_;
  std::optional<schedule> schedule_;
  std::uint64_t scheduled_ = 0;
  std::vector<char> buffer_;
  outcome outcome_;
  std::size_t open_ = 0;
  std::size_t in_flight_ = 0;
  std::int64_t now_ = 0;
  std::int64_t measure_from_ = 0;
  std::int64_t stop_asking_ = 0;
  std::int64_t measured_from_ = 0;
  std::int64_t cpu_from_ = 0;
  bool measuring_ = false;
};

void generator::open_all() {
  epoll_ = socket_handle(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  const dialler server(settings_.target);
  connections_.reserve(settings_.connections);
  for (std::size_t i = 0; i < settings_.connections; ++i) {
    auto ready = server.dial(speech_->upgrades());
    // Each begins elsewhere in the table, so that they don't all ask the same at the same time.
    const auto first = static_cast<std::uint32_t>(i * 61 % question_count);
    connections_.push_back(
        {std::move(ready.server), std::move(ready.input), {}, pending(settings_.in_flight), first});
    watch(connections_.back(), EPOLL_CTL_ADD, EPOLLIN);
  }
  open_ = connections_.size();
}

outcome generator::run() {
  ::prctl(PR_SET_TIMERSLACK, 1'000UL); // the schedule wants to be woken within microseconds
  now_ = now_ns();
  measure_from_ = now_ + settings_.warmup.count() * 1'000;
  stop_asking_ = measure_from_ + settings_.seconds.count() * 1'000;
  if (settings_.rate > 0) {
    schedule_.emplace(settings_.rate, connections_.size(), now_);
  } else {
    for (auto& each : connections_)
      refill(each);
  }
  while (open_ > 0 && now_ < stop_asking_) {
    turn();
    if (!measuring_ && now_ >= measure_from_) begin_measuring();
  }
  end_measuring();
  while (open_ > 0 && in_flight_ > 0 && now_ < stop_asking_ + grace_ns)
    turn();
  outcome_.unanswered = in_flight_;
  return std::move(outcome_);
}

void generator::begin_measuring() {
  measuring_ = true;
  measured_from_ = now_;
  cpu_from_ = cpu_ns();
}

void generator::end_measuring() {
  if (!measuring_) return;
  measuring_ = false;
  const auto elapsed = static_cast<double>(now_ - measured_from_);
  outcome_.seconds = elapsed / second_ns;
  outcome_.cpu_share = static_cast<double>(cpu_ns() - cpu_from_) / elapsed;
  for (const auto& each : connections_)
    outcome_.unsent += each.due - std::min(each.due, each.asked);
}

std::int64_t generator::next_wake() const {
  std::int64_t wake = now_ < stop_asking_ ? stop_asking_ : stop_asking_ + grace_ns;
  if (!measuring_ && now_ < measure_from_) wake = measure_from_;
  if (schedule_ && now_ < stop_asking_) wake = std::min(wake, schedule_->at(scheduled_));
  return wake;
}

void generator::turn() {
  std::array<epoll_event, 256> events;
  const auto wait = std::max<std::int64_t>(0, next_wake() - now_);
  const timespec timeout{wait / second_ns, wait % second_ns};
  const int count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   &timeout, nullptr);
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
  }
  now_ = now_ns();
  if (schedule_) follow_schedule();
  for (int i = 0; i < count; ++i)
    on_event(events[static_cast<std::size_t>(i)]);
}

/// Gives every connection the questions that became due; all of one connection in one send.
void generator::follow_schedule() {
  const auto first = scheduled_;
  const auto until = std::min(now_, stop_asking_);
  while (schedule_->at(scheduled_) <= until) {
    ++connections_[schedule_->connection_of(scheduled_++)].due;
  }
  const auto touched = std::min<std::uint64_t>(scheduled_ - first, connections_.size());
  for (auto n = first; n < first + touched; ++n) {
    auto& chosen = connections_[schedule_->connection_of(n)];
    if (chosen.server) refill(chosen);
  }
}

void generator::on_event(const epoll_event& event) {
  auto& c = connections_[event.data.u64];
  if (!c.server) return;
  if ((event.events & EPOLLOUT) != 0) flush(c);
  if (c.server && (event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read_from(c);
}

void generator::read_from(connection& c) {
  const auto got = c.server.read(buffer_.data(), buffer_.size());
  if (got.bytes > 0) take(c, {buffer_.data(), got.bytes});
  if (c.server && !got.is_open) lose(c, got.why);
}

void generator::take(connection& c, std::string_view fresh) {
  now_ = now_ns();
  if (c.input.empty()) {
    const auto used = read_all(c, fresh);
    if (c.server) c.input.assign(fresh.substr(used));
  } else {
    c.input.append(fresh);
    const auto used = read_all(c, c.input);
    if (c.server) c.input.erase(0, used);
  }
  if (c.server) refill(c);
}

std::size_t generator::read_all(connection& c, std::string_view input) {
  std::size_t used = 0;
  while (c.server && used < input.size()) {
    const auto message = speech_->read(input.substr(used));
    if (message.is == reply::what::incomplete) break;
    used += message.consumed;
    if (message.is == reply::what::broken) {
      lose(c, message.body);
    } else if (message.is == reply::what::ping) {
      speech_->pong(c.output, message.body);
    } else if (message.is == reply::what::answer) {
      on_answer(c, message);
    }
  }
  return used;
}

void generator::on_answer(connection& c, const reply& answer) {
  const auto asked = c.waiting.remove(answer.id);
  if (!asked)
    return lose(c, "an answer to no question: " + std::string(answer.body.substr(0, 200)));
  --in_flight_;
  if (measuring_) ++outcome_.answers;
  if (answer.refused || !speech_->right(asked->question, answer.body)) {
    return count_error("wrong answer: " + std::string(answer.body.substr(0, 200)));
  }
  // What was due before the end counts with its latency even when it is answered after it, or
  // the slowest answers of a schedule would be left out.
  if (measuring_ || (schedule_ && outcome_.seconds > 0)) {
    outcome_.latency_ns.add(
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_ - asked->since_ns)));
  }
}

/// Asks as much as the connection may have under way.
void generator::refill(connection& c) {
  const auto index = static_cast<std::size_t>(&c - connections_.data());
  while (now_ < stop_asking_ && !c.waiting.full() && (!schedule_ || c.asked < c.due)) {
    const auto since = schedule_ ? schedule_->due(index, c.asked) : now_;
    const auto question = c.next_question++ % question_count;
    const auto slot = c.waiting.add(static_cast<std::uint32_t>(question), since);
    speech_->ask(c.output, question, slot);
    ++c.asked;
    ++in_flight_;
  }
  if (!c.output.empty() && !c.wants_room) flush(c);
}

void generator::flush(connection& c) {
  const auto taken = c.server.write(c.output);
  if (!taken.is_open) return lose(c, taken.why);
  c.output.erase(0, taken.bytes);
  const bool wants_room = !c.output.empty();
  if (wants_room == c.wants_room) return;
  c.wants_room = wants_room;
  watch(c, EPOLL_CTL_MOD, wants_room ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void generator::watch(connection& c, int operation, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = static_cast<std::uint64_t>(&c - connections_.data());
  if (::epoll_ctl(epoll_.get(), operation, c.server.socket().get(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

void generator::lose(connection& c, std::string_view why) {
  count_error("connection lost: " + std::string(why));
  c.server.close();
  --open_;
  in_flight_ -= c.waiting.size();
}

void generator::count_error(std::string what) {
  if (outcome_.errors++ == 0) outcome_.first_error = std::move(what);
}

} // namespace

outcome generate(const options& settings) {
  return generator(settings).run();
}

} // namespace squall::cli::bench
