#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who may do what on the clients' side. Pure; any thread.
namespace squall::gateway::access {

/// What a request is about.
enum class area : std::uint8_t {
  none,      ///< nothing that is guarded
  call,      ///< to call a kind
  jobs_read, ///< to look at jobs
  jobs_write,
  queues, ///< a queue; without a name all of them
  leases, ///< an item that was leased: its lease's id is known to those alone who leased it
  schedules,
  cluster, ///< to look at the cluster, its kinds and its metrics
};

/// What one request needs. The name is that of a kind or a queue.
struct need {
  area of = area::none;
  std::string_view name = {};
};

/// The scope that allows it, as people write it: `call:prime`, `queues:*`.
std::string scope_of(const need& what);

/// What a token allows.
class scopes {
public:
  /// Adds `call:KIND`, `call:*`, `jobs:read`, `jobs:write`, `queues:NAME`, `queues:*`,
  /// `schedules:*`, `cluster:read` or `admin`, which allows everything. Otherwise says what is
  /// wrong with it and what there is.
  std::optional<std::string> add(std::string_view text);

  bool allow(const need& what) const;
  /// Whether all that the others allow is allowed here.
  bool cover(const scopes& others) const;
  /// As they were added.
  const std::vector<std::string>& texts() const noexcept { return texts_; }

private:
  struct grant {
    area of;
    std::string name; ///< empty: any

    bool covers(area other, std::string_view of_name) const {
      return of == other && (name.empty() || name == of_name);
    }
  };

  std::vector<std::string> texts_;
  std::vector<grant> grants_;
  bool all_ = false;
};

} // namespace squall::gateway::access
