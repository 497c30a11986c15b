#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace squall::workers::fetch {

/// Params that are refused; says which member and why.
class refusal : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

/// One member of a JSON object.
struct member {
  std::string name;
  std::string_view value; ///< its text, exactly as the client wrote it
};

/// The members of the object that `text` is, by name. Throws `refusal` when it is none, when it is
/// nested too deeply, or when two have the same name. `place` is where it stands in the params, as
/// "requests[3]", or empty. Views `text`.
std::vector<member> members_of(std::string_view text, const std::string& place);

} // namespace squall::workers::fetch
