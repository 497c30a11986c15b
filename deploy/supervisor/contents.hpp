#pragma once

#include "deploy/manifest/manifest.hpp"

#include <map>
#include <string>
#include <vector>

/// What stands in the files that a gateway reads again at SIGHUP: its tokens, its certificate and
/// key, and those of the cluster. Only what tells one from another is kept of it.
namespace squall::supervisor {

/// SHA-256 as hexadecimal digits, by the name of the flag that has the file's path, or that of a
/// folder. Pure.
using content_sums = std::map<std::string, std::string>;

/// Of what is there now. Files that cannot be read are left out: the process says what is wrong
/// with them.
content_sums contents_of(const manifest::flag_values& flags);

/// "tokens: /etc/squall/tokens has other contents", a line for each that differs. \param flags of
/// both. Pure.
std::vector<std::string> compare_contents(const content_sums& now, const content_sums& wanted,
                                          const manifest::flag_values& flags);

} // namespace squall::supervisor
