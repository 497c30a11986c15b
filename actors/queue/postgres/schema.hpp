#pragma once

#include <string>

namespace squall::actors::postgres {

/// What every connection of a store begins with: its tables are found, plans go by indexes whatever
/// the planner's statistics say, locks and forgotten transactions are not waited for without end,
/// and a commit is on the disk when it returns.
extern const std::string session_script;

/// Makes the tables in schema `squall` of the database, or brings them to this version. Several
/// gateways may do so at once. Throws `error`, and `store_failure` when the tables are those of a
/// newer version.
void migrate(const std::string& url);

} // namespace squall::actors::postgres
