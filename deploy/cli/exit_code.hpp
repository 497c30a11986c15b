#pragma once

#include <stdexcept>
#include <string>

namespace squall::cli {

/// What the process says to the shell that started it.
enum class exit_code : int {
  done = 0,
  failed = 1,      ///< the job failed
  misuse = 2,      ///< flags, environment or configuration file
  unreachable = 3, ///< no gateway answers, or the connection to it was lost
  unfinished = 4,  ///< a wait was given up: its time was over, or a signal came
};

/// The command line, the environment or the configuration file cannot be used. `what` names the
/// flag, variable or key.
class misuse : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// No gateway at a URL, or none to be believed. `what` is a whole sentence with advice.
class unreachable : public std::runtime_error {
public:
  /// What `why` may be when it has advice of its own.
  struct advised {
    std::string why;
  };

  unreachable(const std::string& url, const std::string& why)
      : unreachable(url, advised{why + "; is it running? try: squall gateway --pool prime=auto"}) {}
  unreachable(const std::string& url, const advised& reason)
      : std::runtime_error("the gateway at " + url + " cannot be reached: " + reason.why) {}
};

/// The connection to a gateway was lost in the middle of something.
class connection_lost : public std::runtime_error {
public:
  connection_lost(const std::string& url, const std::string& why)
      : std::runtime_error("the connection to the gateway at " + url + " was lost: " + why) {}
};

} // namespace squall::cli
