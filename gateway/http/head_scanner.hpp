#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace squall::gateway::http {

/// Why a request was refused. `detail` is of static storage.
struct refusal {
  std::uint16_t status = 400;
  std::string_view detail;
};

/// Finds the end of a request's head and refuses what is ambiguous or malformed before Beast's
/// parser sees it: that one accepts obs-fold, missing and duplicate Host, and more that has served
/// request smuggling (RFC 9112, 2.2, 3, 5, 6 and 11.2). Pure; works on growing input and looks at
/// each byte once.
class head_scanner {
public:
  struct limits {
    std::size_t bytes = 8 * 1024; ///< of the whole head
    std::size_t headers = 100;
  };
  enum class state { more, done, refused };

  explicit head_scanner(limits limits) noexcept : limits_(limits) {}

  /// `input` begins with the request's first byte and is what came so far.
  state scan(std::string_view input) noexcept;
  /// Bytes of the head with its blank line; valid when done.
  std::size_t size() const noexcept { return line_; }
  /// Valid when refused.
  const refusal& why() const noexcept { return why_; }
  /// Begins with the next request.
  void reset() noexcept { *this = head_scanner(limits_); }

private:
  bool refuse(std::uint16_t status, std::string_view detail) noexcept;
  bool scan_line(std::string_view line) noexcept;
  bool scan_request_line(std::string_view line) noexcept;
  bool scan_version(std::string_view version) noexcept;
  bool scan_header(std::string_view line) noexcept;
  bool scan_framing(std::string_view name, std::string_view value) noexcept;
  bool scan_transfer_encoding(std::string_view value) noexcept;
  bool scan_rest(std::string_view partial) noexcept;
  bool finish() noexcept;

  limits limits_;
  std::size_t line_ = 0;    ///< where the present line begins
  std::size_t scanned_ = 0; ///< up to here there is no line end after `line_`
  std::size_t headers_ = 0;
  unsigned hosts_ = 0;
  unsigned credentials_ = 0;
  bool at_request_line_ = true;
  bool http_1_0_ = false;
  bool has_length_ = false;
  bool has_coding_ = false;
  refusal why_;
};

} // namespace squall::gateway::http
