#pragma once

#include "deploy/cli/bench/options.hpp"
#include "deploy/cli/bench/questions.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace squall::cli::bench {

/// What stood at the front of the input.
struct reply {
  enum class what {
    incomplete, ///< more bytes are needed; nothing is consumed
    answer,
    ping,   ///< to be answered with `speech::pong`
    ignore, ///< nothing to be done
    broken, ///< the connection cannot go on; `body` says why
  };
  what is = what::incomplete;
  std::size_t consumed = 0;
  std::string_view body;         ///< of an answer, or of a ping; views the input
  std::optional<std::size_t> id; ///< which question it answers; none: the oldest
  bool refused = false;          ///< an answer that is an error whatever it says
};

/// A protocol as a generator speaks it: bytes out, bytes in, no socket. Has no state of one
/// connection: all connections share it. One thread.
class speech {
public:
  virtual ~speech() = default;

  /// Appends the question with that index in the table to `out`, to be matched by `id`.
  virtual void ask(std::string& out, std::size_t index, std::size_t id) const = 0;
  /// Reads one message off the front of `input`.
  virtual reply read(std::string_view input) const = 0;
  /// Whether `body` is the right answer to the question with that index.
  virtual bool right(std::size_t index, std::string_view body) const = 0;
  /// Appends the answer to a ping.
  virtual void pong(std::string& out, std::string_view body) const = 0;
  /// Whether a connection begins with the opening handshake of RFC 6455.
  virtual bool upgrades() const noexcept = 0;
  /// Whether answers carry the id of their question.
  virtual bool has_ids() const noexcept = 0;
};

/// The speech that `settings` names.
std::unique_ptr<speech> make_speech(const options& settings);

} // namespace squall::cli::bench
