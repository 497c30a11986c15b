#include "deploy/cli/job/ends.hpp"

#include "deploy/cli/job/api.hpp"
#include "deploy/cli/job/view.hpp"
#include "deploy/cli/job/waiter.hpp"
#include "deploy/cli/raw_json.hpp"

#include <algorithm>
#include <iostream>

namespace squall::cli {

namespace {

/// Prints a job that has ended, and says whether it is done.
bool print_end(const std::string& job, bool as_json) {
  const auto known = read_job(job);
  const bool done = known.state == "done";
  if (as_json) {
    std::cout << job << (job.ends_with('\n') ? "" : "\n");
  } else if (done) {
    std::cout << raw_member(job, "result").value_or("null") << '\n';
  }
  std::cout << std::flush;
  if (!std::cout) throw std::runtime_error("writing to stdout failed");
  if (!done) std::cerr << "error: " << describe_failure(known) << '\n';
  return done;
}

/// The command that waits for the jobs behind the first `ended` ones.
std::string how_to_go_on(const job_flags& flags, const std::vector<std::string>& ids,
                         std::size_t ended) {
  constexpr std::size_t most_shown = 5;
  std::string words = "squall job wait";
  for (std::size_t i = ended; i < std::min(ids.size(), ended + most_shown); ++i)
    words += " " + ids[i];
  if (ids.size() > ended + most_shown) words += " ...";
  if (flags.url.url != gateway_flags{}.url) words += " --url " + flags.url.url;
  if (!flags.url.ca.empty()) words += " --ca " + flags.url.ca;
  return words;
}

} // namespace

exit_code print_ends(const job_flags& flags, const std::vector<std::string>& ids,
                     std::chrono::milliseconds timeout, bool met) {
  bool all_done = true;
  const auto on_end = [&](const std::string& job) {
    if (!print_end(job, flags.as_json)) all_done = false;
  };
  const auto result = wait_for_jobs({parse_url(flags.url), ids, timeout, met, on_end});
  if (result.end == wait_end::all) return all_done ? exit_code::done : exit_code::failed;
  const auto rest = ids.size() - result.ended;
  std::cerr << (result.end == wait_end::time_over ? "the time is over: " : "waiting was stopped: ")
            << (rest == 1 ? "the job goes on; wait for it with\n  "
                          : std::to_string(rest) + " jobs go on; wait for them with\n  ")
            << how_to_go_on(flags, ids, result.ended) << std::endl;
  return exit_code::unfinished;
}

} // namespace squall::cli
