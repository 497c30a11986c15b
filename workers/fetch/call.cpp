#include "workers/fetch/call.hpp"

#include "workers/event_loop.hpp"

#include <utility>

namespace squall::workers::fetch {

void call::start(engine& on, event_loop& loop, order what, const task& of, completion done) {
  auto made = std::make_shared<call>(on, std::move(what), of.progress, std::move(done));
  made->begin_some();
  made->watch_.emplace(of.stop, [&loop, weak = made->weak_from_this()] {
    loop.post([weak] {
      if (auto self = weak.lock()) self->cancel();
    });
  });
}

call::call(engine& on, order what, progress_teller progress, completion done)
    : engine_{on}, order_{std::move(what)}, done_{std::move(done)},
      progress_{std::move(progress), order_.requests.size()}, answers_(order_.requests.size()) {}

void call::begin_some() {
  while (fetches_.size() < order_.requests.size() && fetches_.size() - answered_ < most_at_once) {
    const auto place = fetches_.size();
    fetches_.push_back(fetching::start(engine_, std::move(order_.requests[place]),
                                       [self = shared_from_this(), place](result&& got) {
                                         self->on_fetched(place, std::move(got));
                                       }));
  }
}

void call::on_fetched(std::size_t place, result&& got) {
  if (!order_.list) {
    if (auto* answered = std::get_if<answer>(&got)) return finish(outcome::ok(to_json(*answered)));
    auto& failed = std::get<fault>(got);
    return finish(outcome::fail(proto::errc::task_failed, failed.message, data_of(failed)));
  }
  keep(place, std::move(got));
  if (++answered_ == answers_.size()) return finish(outcome::ok(list_body()));
  progress_.step();
  begin_some();
}

void call::keep(std::size_t place, result&& got) {
  auto& text = answers_[place];
  if (auto* answered = std::get_if<answer>(&got)) {
    text = to_json(*answered);
    if (answer_bytes_ + text.size() > most_list_bytes)
      text = to_json(fault{reason::too_large,
                           "the answers of the list are larger than " +
                               std::to_string(most_list_bytes) + " bytes",
                           answered->url});
  } else {
    text = to_json(std::get<fault>(got));
  }
  answer_bytes_ += text.size();
}

void call::cancel() {
  for (auto& each : fetches_)
    if (auto under_way = each.lock()) under_way->cancel();
  finish(outcome::fail(proto::errc::cancelled, "the fetch was stopped"));
}

void call::finish(outcome ended) {
  watch_.reset();
  if (auto done = std::exchange(done_, nullptr)) done(std::move(ended));
}

std::string call::list_body() {
  std::string body = R"({"answers":[)";
  body.reserve(answer_bytes_ + answers_.size() + 16);
  for (auto& each : answers_) {
    if (!body.ends_with('[')) body += ',';
    body += each;
    each = {};
  }
  return body += "]}";
}

} // namespace squall::workers::fetch
