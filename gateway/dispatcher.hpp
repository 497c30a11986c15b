#pragma once

#include "proto/call.hpp"
#include "proto/cluster.hpp"
#include "proto/submission.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace squall::gateway {

/// Gets the answers of calls, on the io thread that made them.
class answer_sink {
public:
  /// The one answer of the call that was submitted with `tag`.
  virtual void on_answer(std::uint64_t tag, proto::result&& answer) = 0;

protected:
  ~answer_sink() = default;
};

/// Longest time that a client may give a call: a day.
inline constexpr std::uint32_t longest_timeout_ms = 24 * 60 * 60 * 1000;

/// A call as a client wants it.
struct call_request {
  std::string kind;
  std::string params;            ///< JSON text (checked by the kind's handler, not before)
  std::uint32_t timeout_ms = 0;  ///< 0: the kind's default
  std::uint8_t priority = 5;     ///< 0 to 9, higher first
  std::uint32_t first_index = 0; ///< see `proto::call`
  std::uint64_t connection = 0;  ///< `link::id`; the waiting line is fair between these
};

/// The way of an io thread to the actors. Never blocks; used on its io thread alone.
class dispatcher {
public:
  /// Names a submitted call; unique in this gateway's life, never 0.
  using ticket = std::uint64_t;

  virtual ~dispatcher() = default;

  /// Sends a call on its way. The answer comes in a later turn, exactly once, unless cancelled.
  /// `sink` must live until then. Throws `std::length_error` when too many calls are open.
  virtual ticket submit(call_request request, answer_sink& sink, std::uint64_t tag) = 0;
  /// Forgets a call: no answer comes any more, and what was not started is never run. Unknown
  /// tickets are ignored.
  virtual void cancel(ticket call) = 0;

  /// Turns the state of the cluster into a text.
  using renderer = std::function<std::string(const proto::router_status&)>;
  /// Answers with what `render` made of the cluster's present state, as a result's body.
  virtual ticket inspect(renderer render, answer_sink& sink, std::uint64_t tag) = 0;

  /// The kinds known now, by name.
  virtual const proto::kinds_changed& kinds() const noexcept = 0;
  /// The kind of that name, or null.
  const proto::kind_slots* find_kind(std::string_view name) const noexcept;
  /// Whether the gateway drains.
  virtual bool draining() const noexcept = 0;
};

} // namespace squall::gateway
