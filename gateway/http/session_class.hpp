#pragma once

#include "gateway/http/asking.hpp"
#include "gateway/http/event_stream.hpp"
#include "gateway/http/reader.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/http/writer.hpp"
#include "gateway/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace squall::gateway::http {

/// Takes requests one after the other: while one is unanswered nothing is consumed, so a peer that
/// pipelines waits in its own socket. Owned by its connection, lives on its io thread.
class session final : public protocol {
public:
  session(link& connection, context& shared)
      : link_(connection), shared_(shared), reader_(shared.limits),
        asking_(shared, [this](response&& with) { on_answer(std::move(with)); }),
        events_(shared.queues, connection, [this] { on_stream_end(); }) {}
  ~session() override {
    if (open_) --shared_.counts.http_connections;
  }

  void on_open() override;
  std::size_t on_data(std::string_view input) override;
  void on_end() override;
  void on_timer() override;
  void on_drain() override;
  void on_access_changed() override;
  void on_sent() override;

private:
  enum class phase { idle, head, body, waiting, streaming, throttled, over };
  using clock = link::clock;

  void on_answer(response&& with);
  void on_stream_end();
  void on_head(bool body_came);
  void on_request();
  void on_body_missing();
  void perform();
  void upgrade();
  void answer(response&& with);
  void stream(const followed_job& what, const framing& how);
  void end_stream();
  void refuse(std::uint16_t status, std::string_view detail);
  void finish();
  bool is_busy() const noexcept { return asking_.is_open() || events_.is_open(); }

  phase now_in() const noexcept;
  clock::time_point deadline() const noexcept;
  void on_deadline();
  void arm();

  link& link_;
  context& shared_;
  request_reader reader_;
  std::string made_id_;          ///< the present request's, when its client sent none
  const route* route_ = nullptr; ///< of the present request; null: `refused_` is its answer
  std::optional<response> refused_;
  std::optional<access::visitor> follower_; ///< whose `events_` are open
  asking asking_;                           ///< behind the answer to the present request
  event_stream events_; ///< the rest of an answer, before the next request is read
  phase phase_ = phase::idle;
  clock::time_point since_;                            ///< when `phase_` began
  clock::time_point armed_ = clock::time_point::max(); ///< what the link's timer is set to
  bool open_ = false;
  bool progressed_ = false; ///< a request was answered since `arm`
  bool throttled_ = false;  ///< input is left because too much output is unsent
  bool draining_ = false;
  bool ended_ = false;  ///< the peer sends nothing more
  bool closes_ = false; ///< behind the stream
  bool over_ = false;   ///< finished or handed over
};

} // namespace squall::gateway::http
