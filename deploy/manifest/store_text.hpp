#pragma once

#include "deploy/manifest/document.hpp"

#include <string>

namespace squall::manifest {

/// Reads what `--store` takes; a file's path is made absolute. A password is refused but from a
/// variable.
void read_store(report& to, const node& value, std::string& out);

/// Whether several gateways can share it, which is a database server.
bool is_shared_store(std::string_view store);

/// Whether the URL of a server has a password in it.
bool has_password(std::string_view store);

} // namespace squall::manifest
