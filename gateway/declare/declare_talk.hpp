#pragma once

#include "gateway/declare/declarations.hpp"
#include "gateway/schedules/schedule_talk.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace squall::gateway {

/// The requests to the queues that see to one declared queue or schedule, one after another: it is
/// looked at, and made or changed only when it is not as it was declared. Pure, but for the clock.
class declare_talk {
public:
  enum class outcome : std::uint8_t { same, made, changed };

  explicit declare_talk(declared_queue what) : what_{std::move(what)} {}
  explicit declare_talk(declared_schedule what) : what_{std::move(what)} {}

  proto::queue_request begin();
  /// Takes the answer to the request before: one that `expects` says is no failure. Gives the next
  /// one; nothing when all is done.
  std::optional<proto::queue_request> go_on(const proto::queue_answer& answer);

  /// Whether the answer tells how things are; otherwise nothing was done, and all is to be done
  /// again from the beginning.
  static bool expects(const proto::queue_answer& answer) noexcept;

  outcome result() const noexcept { return result_; } ///< when all is done
  /// "queue NAME" or "schedule NAME".
  std::string about() const;

private:
  using next = std::optional<proto::queue_request>;

  next go_on_with(const declared_queue& what, const proto::queue_answer& answer);
  next go_on_with(const declared_schedule& what, const proto::queue_answer& answer);
  next compare(const declared_schedule& what, const proto::queue_answer& read);
  next set(proto::schedule what);

  std::variant<declared_queue, declared_schedule> what_;
  std::optional<schedule_talk> setting_; ///< of a schedule, when it has to be put
  outcome result_ = outcome::same;
};

} // namespace squall::gateway
