#pragma once

#include "deploy/cli/gateway_api.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How a gateway is asked about jobs over HTTP, and how its answers are read. Pure.
namespace squall::cli {

/// Longest time that a gateway holds a question for a job's end.
inline constexpr std::chrono::milliseconds longest_wait{24 * 3'600'000};

/// What is said of a job besides its params, as members of JSON in the order of their flags. What
/// is not given is the gateway's to choose.
struct job_options {
  std::string kind;
  std::vector<std::pair<std::string, std::string>> members{}; ///< name and JSON text
  std::string key{};                                          ///< idempotency key; empty: none

  void set(std::string name, std::string_view text);
  void set(std::string name, std::int64_t number);
};

/// One job as `/v1/jobs` takes it. With `line`, its key is that of a line of input.
std::string job_entry(const job_options& options, std::string_view params,
                      std::optional<std::uint64_t> line = std::nullopt);

/// Path of a job, with `rest` (which begins with '?') behind it. Throws `misuse` when `id` is no
/// job's: a UUID of version 7.
std::string job_path(const std::string& id, std::string_view rest = "");

/// Which jobs `/v1/jobs` is to list. What is empty is not asked for.
struct job_query {
  std::string queue{};
  std::string kind{};
  std::vector<std::string> states{};
};

/// The question for at most `limit` of them, from `cursor` on, or from the newest when it is empty.
http_question list_jobs(const job_query& query, std::size_t limit, const std::string& cursor);

/// What is known of a job, of a text that may be anything.
struct job_state {
  std::string id;
  std::string state;
  std::uint64_t attempt = 0;
  std::uint64_t max_attempts = 0;
  std::string error;      ///< of the last attempt that failed
  std::string progress{}; ///< JSON in ASCII; empty: it has told none

  /// Whether nothing happens to it any more.
  bool ended() const noexcept;
};

job_state read_job(std::string_view job);

} // namespace squall::cli
