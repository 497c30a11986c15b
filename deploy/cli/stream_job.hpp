#pragma once

#include "deploy/cli/call_params.hpp"
#include "deploy/cli/line_splitter.hpp"
#include "deploy/cli/reorder_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace squall::cli {

/// How every call of a stream is made.
struct call_options {
  std::string kind;
  bare_param param;             ///< what a bare value stands for
  std::uint32_t timeout_ms = 0; ///< 0: the kind's default
  int priority = 5;
};

/// Turns input lines into JSON-RPC calls and their answers into output lines. Pure: the socket,
/// stdin and stdout are its owner's. Its memory is bounded by `concurrency`.
class stream_job {
public:
  stream_job(call_options options, std::size_t concurrency, bool ordered)
      : options_(std::move(options)), concurrency_(concurrency), ordered_(ordered) {}

  /// Whether another line may be begun now.
  bool has_room() const noexcept;
  /// Begins a line: the JSON-RPC request to send, or nothing when the line itself is bad and its
  /// error is already among the output.
  std::optional<std::string> begin(const numbered_line& line);
  /// Takes one message of the gateway. False when it answers nothing that was asked, which is left
  /// to the owner to report.
  bool on_message(std::string_view message);
  /// Output lines that are ready; the owner takes them out.
  std::string& output() noexcept { return output_; }

  std::size_t in_flight() const noexcept { return waiting_.size(); }
  std::uint64_t done() const noexcept { return done_; }
  std::uint64_t failed() const noexcept { return failed_; }

private:
  struct origin {
    std::uint64_t place = 0;
    std::uint64_t line = 0;
  };

  void finish(const origin& from, std::string_view member, std::string_view value);
  std::string request(std::uint64_t id, std::string_view params) const;

  const call_options options_;
  const std::size_t concurrency_;
  const bool ordered_;
  std::unordered_map<std::uint64_t, origin> waiting_; ///< by the request's id
  std::uint64_t last_id_ = 0;
  reorder_buffer order_;
  std::string output_;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
};

} // namespace squall::cli
