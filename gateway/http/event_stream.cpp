#include "gateway/http/event_stream.hpp"

#include "gateway/http/writer.hpp"
#include "gateway/jobs/job_json.hpp"
#include "gateway/jobs/job_watch.hpp"

#include <algorithm>
#include <utility>

namespace squall::gateway::http {

void append_event(std::string& out, std::uint64_t changes, std::string_view text) {
  out.append("event: job\nid: ").append(std::to_string(changes)).append("\n");
  // Params and results are as they were written: between tokens lines may end.
  for (bool more = true; more;) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    out.append("data: ").append(text.substr(0, end)).append("\n");
    more = end < text.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out += '\n';
}

event_stream::event_stream(queue_port& queues, link& connection, std::function<void()> ended)
    : queues_{queues}, link_{connection}, ended_{std::move(ended)} {}

void event_stream::begin(const followed_job& what, bool chunked) {
  job_ = what;
  open_ = true;
  chunked_ = chunked;
  failed_ = false;
}

void event_stream::go_on() {
  if (!open_ || question_ != 0 || failed_) return;
  question_ = queues_.ask(wait_for_change(job_.id, job_.seen), *this, 0);
}

void event_stream::keep_alive() {
  failed_ = false;
  if (link_.outbox().empty()) write(":\n\n");
}

void event_stream::end() {
  if (chunked_) append_last_chunk(link_.outbox());
  link_.send_soon();
  take_back();
}

void event_stream::take_back() {
  open_ = false;
  if (question_ != 0) queues_.take_back(std::exchange(question_, 0));
}

void event_stream::on_queue_answer(std::uint64_t, proto::queue_answer&& answer) {
  question_ = 0;
  if (answer.code == proto::errc::not_found) { // forgotten, or purged
    end();
    return ended_();
  }
  failed_ = answer.code != proto::errc::none;
  if (failed_) return;
  const auto& job = answer.jobs.front();
  if (job.changes == job_.seen) return go_on(); // its time was over
  job_.seen = job.changes;
  std::string event;
  append_event(event, job.changes, job_json(answer));
  write(event);
  if (!proto::is_ended(job.state)) return;
  end();
  ended_();
}

void event_stream::write(std::string_view text) {
  if (chunked_)
    append_chunk(link_.outbox(), text);
  else
    link_.outbox() += text;
  link_.send_soon();
}

} // namespace squall::gateway::http
