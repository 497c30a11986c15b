#pragma once

#include "workers/kind.hpp"

namespace squall::workers::sleep {

/// The kind `sleep`: answers after a given time. Holds no thread meanwhile, and ends early when it
/// is asked to stop. For trying things out, and for tests.
kind make_kind();

} // namespace squall::workers::sleep
