#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace squall::actors {

/// Which gateway is asked for items next, for how many, and how long the request may wait there.
/// One token stands for one slot; it is held by a lease request that is out, or by an item. Every
/// token must be usable wherever items come from, so no more of them wait at a gateway without
/// items than has to be:
/// - One gateway: all free tokens wait there.
/// - More tokens than gateways: one token waits at every gateway that had nothing. The others are
///   shared by those that had something, which are asked without waiting.
/// - Otherwise tokens go around. Without items anywhere they stop for `stay` at each gateway; with
///   items somewhere they look in at the others every `stay`, and do not wait there.
/// Pure: times are arguments. Gateways are told by the caller's numbers.
class lease_plan {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using milliseconds = std::chrono::milliseconds;

  /// A lease request to make.
  struct ask {
    std::uint32_t gateway = 0;
    std::uint32_t count = 0;
    milliseconds wait{0};

    friend bool operator==(const ask&, const ask&) = default;
  };

  explicit lease_plan(std::uint32_t tokens) : tokens_{tokens} {}

  /// From now on there are so many tokens. Those that are held above it stay so until they are
  /// freed: recall requests that wait.
  void resize(std::uint32_t tokens) { tokens_ = tokens; }

  /// Requests that wait should be recalled before: the new gateway may need their tokens.
  void add(std::uint32_t gateway);
  /// Frees the tokens of its request; those of its items are freed by `item_ended`.
  void remove(std::uint32_t gateway);
  /// Its request was answered; `failed` when with an error.
  void answered(std::uint32_t gateway, std::uint32_t items, bool failed, time_point now);
  /// Its request was taken back.
  void recalled(std::uint32_t gateway);
  void item_ended() { --items_; }

  /// The requests to make now; they count as made.
  std::vector<ask> next(time_point now);
  /// When to call `next` again though nothing happens.
  std::optional<time_point> next_look() const;

  static constexpr std::uint32_t most_at_once = 1'000;
  static constexpr milliseconds long_wait{20'000};
  static constexpr milliseconds stay{250};
  /// A gateway that refuses, or answers at once instead of waiting, is left alone for so long.
  static constexpr milliseconds pause{1'000};

private:
  struct place {
    std::uint32_t gateway = 0;
    std::uint32_t asked = 0; ///< tokens that its request holds; 0: there is none
    milliseconds wait{0};    ///< of that request
    time_point since;        ///< when it was made, or else answered
    std::uint64_t turn = 0;  ///< of its last request
    bool hot = false;        ///< had items when it was asked last
    std::optional<time_point> not_before;
  };

  place* find(std::uint32_t gateway);
  std::uint32_t free() const;
  std::vector<place*> idle(bool hot, time_point now);
  void ask_for(place& at, std::uint32_t count, milliseconds wait, time_point now);
  void ask_cold(time_point now);
  void ask_hot(time_point now);

  std::uint32_t tokens_;
  std::uint32_t items_ = 0;
  std::uint64_t turns_ = 0;
  std::vector<place> places_;
  std::vector<ask> made_; ///< by this `next`
};

} // namespace squall::actors
