#pragma once

#include "workers/fetch/settings.hpp"
#include "workers/kind.hpp"

namespace squall::workers::fetch {

/// The kind `fetch`: asks other servers over HTTP. Waits on the event loop, where all its transfers
/// are run by one engine; its schemas say what it takes and answers. Throws `std::invalid_argument`
/// for a setting that cannot be used.
kind make_kind(settings options = {});

} // namespace squall::workers::fetch
