#pragma once

#include <string>
#include <vector>

namespace squall::tests {

/// The URL of a new, empty database, on a PostgreSQL server of this process's own, which the first
/// call starts and which ends with the process, however that ends. Throws `std::runtime_error` when
/// there can be none.
std::string postgres_database();

/// Runs SQL in a database; the first column of its rows. Throws `std::runtime_error`.
std::vector<std::string> postgres_sql(const std::string& url, const std::string& text);

} // namespace squall::tests
