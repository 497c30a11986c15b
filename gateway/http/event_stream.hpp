#pragma once

#include "gateway/http/message.hpp"
#include "gateway/protocol.hpp"
#include "gateway/queue/queue_port.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace squall::gateway::http {

/// How long a stream is silent at most: proxies and clients give up what says nothing.
inline constexpr std::chrono::seconds keep_alive_interval{15};

/// How a stream begins: tells clients in how many milliseconds they are to come back.
inline constexpr std::string_view event_stream_opening = "retry: 1000\n\n";

/// Appends a job as an event (WHATWG HTML, 9.2.6): the data is `text`, the id is how often the job
/// has changed.
void append_event(std::string& out, std::uint64_t changes, std::string_view text);

/// What comes behind the head of an answer that tells of a job until it is ended. Waits for the
/// next change only when the client has taken what was written: one that reads slowly costs one
/// event, and gets the newest state then. Owned by a session; io thread.
class event_stream final : private queue_sink {
public:
  /// \param ended is called when there is nothing more to tell, in a later turn; the body is ended
  event_stream(queue_port& queues, link& connection, std::function<void()> ended);
  /// Takes back what is open.
  ~event_stream() { take_back(); }
  event_stream(const event_stream&) = delete;
  event_stream& operator=(const event_stream&) = delete;

  /// The head and what the client knows are written. `chunked` as the head says.
  void begin(const followed_job& what, bool chunked);
  bool is_open() const noexcept { return open_; }
  /// The client has taken all that was written.
  void go_on();
  /// Nothing was written for the interval.
  void keep_alive();
  /// Ends the body.
  void end();
  /// The client has gone.
  void take_back();

private:
  void on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) override;
  void write(std::string_view text);

  queue_port& queues_;
  link& link_;
  std::function<void()> ended_;
  followed_job job_;
  queue_port::ticket question_ = 0;
  bool open_ = false;
  bool chunked_ = false;
  bool failed_ = false; ///< the last question; asked again with the next sign of life
};

} // namespace squall::gateway::http
