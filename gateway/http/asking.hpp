#pragma once

#include "gateway/http/context.hpp"
#include "gateway/http/message.hpp"
#include "gateway/queue/unsent_leases.hpp"

#include <cstdint>
#include <functional>

namespace squall::gateway::http {

/// What a session waits for in the place of its present request's answer: asks for it, and makes
/// the answer of what comes. Owned by its session; io thread.
class asking final : private answer_sink, private queue_sink {
public:
  using answered = std::function<void(response&&)>;

  /// \param done gets the answer, in a later turn
  asking(const context& shared, answered done);
  /// Takes back what is open; leases of an answer that was not sent go back.
  ~asking() { take_back(); }
  asking(const asking&) = delete;
  asking& operator=(const asking&) = delete;

  /// Asks for what answers `to`, which lives until it is answered or taken back. `what` is no
  /// response.
  void begin(reply&& what, const request& to, std::uint64_t connection);
  bool is_open() const noexcept { return call_ != 0 || question_ != 0; }
  /// Whether it is for long, perhaps: for a call, or for something at the queues to happen. What a
  /// queue does at once is done, and will be answered.
  bool waits() const noexcept { return call_ != 0 || (question_ != 0 && question_waits_); }
  /// No answer is wanted any more.
  void take_back();

  /// The client has got all that was answered.
  void sent() noexcept { leases_.sent(); }
  /// Whether leases were answered that the client has not got yet.
  bool holds_leases() const noexcept { return !leases_.empty(); }

private:
  void on_answer(std::uint64_t tag, proto::result&& result) override;
  void on_queue_answer(std::uint64_t tag, proto::queue_answer&& answer) override;
  void ask(reply&& what);
  void refuse(proto::errc code, std::string_view why, std::string_view data = {});

  const context& shared_;
  answered done_;
  const request* to_ = nullptr;
  std::uint64_t connection_ = 0;
  dispatcher::ticket call_ = 0;
  queue_port::ticket question_ = 0;
  bool question_waits_ = false;
  std::string_view content_type_; ///< of the answer to a call
  std::function<reply(const proto::queue_answer&)> then_;
  unsent_leases leases_;
};

} // namespace squall::gateway::http
