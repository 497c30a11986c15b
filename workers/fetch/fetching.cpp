#include "workers/fetch/fetching.hpp"

#include "workers/fetch/redirect.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace squall::workers::fetch {

std::shared_ptr<fetching> fetching::start(engine& on, request what, transfer::done finished) {
  auto made = std::make_shared<fetching>(on, std::move(what), std::move(finished));
  made->begin();
  return made;
}

fetching::fetching(engine& on, request what, transfer::done finished)
    : engine_{on}, request_{std::move(what)}, finished_{std::move(finished)}, timer_{on.loop()} {}

void fetching::begin() {
  timer_.expires_at(begun_ + request_.timeout);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto self = weak.lock();
    if (error || !self || !self->finished_) return;
    if (auto under_way = self->current_.lock()) self->engine_.abort(under_way);
    self->finish(fault{reason::timeout,
                       "no answer within " + std::to_string(self->request_.timeout.count()) + " ms",
                       self->request_.target.text});
  });
  next();
}

void fetching::cancel() {
  finished_ = nullptr;
  timer_.cancel();
  if (auto under_way = current_.lock()) engine_.abort(under_way);
}

void fetching::next() {
  auto self = shared_from_this();
  if (auto refused = engine_.around().refused_at_proxy(request_.target); !refused.empty()) {
    boost::asio::post(engine_.loop(), [self, why = std::move(refused)] {
      self->finish(fault{reason::blocked, why, self->request_.target.text});
    });
    return;
  }
  auto hop = std::make_shared<transfer>(request_, engine_.around(),
                                        [self](result&& got) { self->on_answer(std::move(got)); });
  current_ = hop;
  engine_.submit(std::move(hop));
}

void fetching::on_answer(result&& got) {
  current_.reset();
  const auto* answered = std::get_if<answer>(&got);
  const bool elsewhere = answered != nullptr && request_.follow_redirects &&
                         is_redirect(answered->status) && !location_of(*answered).empty();
  if (elsewhere)
    follow(*answered);
  else
    finish(std::move(got));
}

void fetching::follow(const answer& redirect) {
  if (redirects_ == request_.max_redirects)
    return finish(fault{reason::too_many_redirects,
                        "more than " + std::to_string(request_.max_redirects) + " redirects",
                        request_.target.text});
  ++redirects_;
  auto leads = redirected(std::move(request_), redirect.status, location_of(redirect));
  if (auto* refused = std::get_if<fault>(&leads)) return finish(std::move(*refused));
  request_ = std::move(std::get<request>(leads));
  next();
}

void fetching::finish(result&& got) {
  timer_.cancel();
  if (auto* answered = std::get_if<answer>(&got)) {
    const std::chrono::duration<double, std::milli> total =
        std::chrono::steady_clock::now() - begun_;
    answered->times.total = total.count();
    answered->redirects = redirects_;
  }
  if (auto finished = std::exchange(finished_, nullptr)) finished(std::move(got));
}

} // namespace squall::workers::fetch
