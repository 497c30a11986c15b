#pragma once

#include <string>
#include <vector>

namespace squall::tests {

/// An empty database for a test, on a PostgreSQL server of this process's own: the first one starts
/// it, and it ends with the process, however that ends. Whoever uses the database must have left it
/// before its end. Made by one thread at a time; throws `std::runtime_error` when there can be
/// none.
class scratch_database {
public:
  scratch_database();
  ~scratch_database();
  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;

  const std::string& url() const noexcept { return url_; }
  /// Runs a statement; the first column of its rows. Throws `std::runtime_error`.
  std::vector<std::string> sql(const std::string& text) const;

private:
  std::string url_;
};

} // namespace squall::tests
