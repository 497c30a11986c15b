#pragma once

#include "proto/kind_info.hpp"

#include <string_view>

namespace squall::actors {

/// Whether a call may be run again after its worker died, as its kind says for these params (JSON
/// text). Params that are not what the kind says of them are not repeatable. Reads the whole text:
/// to be asked when a worker has died, not before.
bool is_repeatable(const proto::kind_info& kind, std::string_view params);

} // namespace squall::actors
