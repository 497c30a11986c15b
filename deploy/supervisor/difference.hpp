#pragma once

#include "deploy/supervisor/plan.hpp"

#include <string>
#include <vector>

/// From what runs to what should run. Pure.
namespace squall::supervisor {

/// A process as it was started.
struct running_process {
  process_spec spec;
  bool other_program = false; ///< of another build than the one that would be started now
};

enum class action {
  start,
  reload,  ///< SIGHUP, behind new files: it changes while it goes on
  restart, ///< a new one in its place
  drain,
};

/// What happens to one process.
struct change {
  action what;
  process_spec spec; ///< as it should be; of one that is drained, as it is
  /// What is different, a line each: "max-waiting: 100 -> 200". Of what may be secret only the
  /// name.
  std::vector<std::string> because;
};

/// In the order in which it is done: what others join first is there first and goes last.
struct difference {
  std::vector<change> changes;
  /// What is different among queues and schedules: "queue numbers: maxsize 10 -> 20".
  std::vector<std::string> declared;
  /// Between which numbers groups scale themselves: "group compute: 1 to 4, ... -> 1 to 8, ...".
  std::vector<std::string> scaling;

  bool empty() const noexcept { return changes.empty() && declared.empty() && scaling.empty(); }
};

/// \param declared_now, declared_wanted as `plan::declared`; gateways that are not changed
/// otherwise are to read it again when it differs
difference difference_of(const std::vector<running_process>& now,
                         const std::vector<process_spec>& wanted, const std::string& declared_now,
                         const std::string& declared_wanted);

/// What is different in how groups scale themselves, of those that both plans have.
std::vector<std::string> scaling_lines(const plan& now, const plan& wanted);

/// For people: a line for each change, and those below it say why. Empty when nothing differs.
std::vector<std::string> describe(const difference& what);

} // namespace squall::supervisor
