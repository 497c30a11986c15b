#pragma once

#include "gateway/http/context.hpp"
#include "gateway/http/head_scanner.hpp"
#include "gateway/http/message.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace squall::gateway::http {

/// Turns bytes into requests, one after the other: the scanner refuses what is malformed, Beast's
/// parser takes head and body. Owned by a session.
class request_reader {
public:
  enum class event {
    more,     ///< nothing to tell before more bytes come
    head,     ///< the head is there and good; the body may follow
    complete, ///< the whole request is there
    refused,  ///< see `why`; nothing after it can be understood
  };
  struct step {
    event what;
    std::size_t consumed;
  };
  enum class phase { idle, head, body };

  explicit request_reader(const settings& limits);
  ~request_reader();
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  /// Reads up to the next event. What was not consumed is to be given again, with more behind it.
  step read(std::string_view input);
  /// Where in a request the bytes read so far end.
  phase where() const noexcept;
  /// Valid from `head` until `next`; the body from `complete` on.
  http::request& request() noexcept;
  /// Whether the body has still to come; valid after `head`.
  bool awaits_body() const noexcept;
  const refusal& why() const noexcept;
  /// Forgets the request and is ready for the one behind it.
  void next();

  /// Calls the context's upgrade factory with the present request.
  std::unique_ptr<protocol> hand_over(const context& shared, link& connection, endpoint which);

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace squall::gateway::http
