#pragma once

#include "workers/fetch/answer.hpp"
#include "workers/fetch/environment.hpp"
#include "workers/fetch/params.hpp"

#include <curl/curl.h>

#include <functional>
#include <string>
#include <variant>

namespace squall::workers::fetch {

using result = std::variant<answer, fault>;

/// One request and its answer, without following redirects. Has a handle of libcurl's only from
/// `begin` on: one that waits costs little. Lives on the event loop's thread.
class transfer {
public:
  using done = std::function<void(result&&)>;

  /// `what` and `around` outlive it.
  transfer(const request& what, const environment& around, done finished);

  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  /// Host and port, as a name for the line in which it waits.
  const std::string& line() const noexcept { return line_; }

  /// Tells `easy`, a fresh handle, what to do. It stays the engine's, and refers to this.
  void begin(CURL* easy);

  /// What the handle, which has ended with `code`, brought.
  result end(CURLcode code);

  /// The handle, from `begin` on; otherwise null.
  CURL* handle() const noexcept { return easy_; }

  done finished; ///< for the engine to call, at most once

private:
  static std::size_t on_header(char* text, std::size_t, std::size_t length, void* self);
  static std::size_t on_body(char* text, std::size_t, std::size_t length, void* self);
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* where);
  static CURLcode on_tls(CURL*, void* context, void* around);

  void set_connection(CURL* easy);
  void set_request(CURL* easy);
  void set_method(CURL* easy);
  curl_slist* make_headers() const;
  bool take_header(std::string_view line);
  void take_status(std::string_view line);
  bool take_body(std::string_view bytes);
  bool leads_elsewhere() const;
  fault fault_of(CURLcode code) const;
  void measure();

  const request& what_;
  const environment& around_;
  std::string line_;
  CURL* easy_ = nullptr;
  curl_list headers_;
  char error_[CURL_ERROR_SIZE] = {};
  answer got_;
  std::size_t header_bytes_ = 0;
  std::size_t dropped_bytes_ = 0; ///< of a redirect's body
  bool in_header_ = false;
  bool too_large_ = false;
  bool broken_ = false; ///< its header is none, or has no end
  std::string blocked_; ///< the address that was refused
  bool opened_ = false; ///< an address that was allowed was tried
};

} // namespace squall::workers::fetch
