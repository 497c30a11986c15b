#pragma once

#include "workers/kind.hpp"

namespace squall::workers::prime {

/// The kind `prime`: tells whether integers of up to 10,000 digits are prime. CPU-bound, safe and
/// idempotent; a list is checked for a stop request between its numbers. Its schemas say what it
/// takes and answers.
kind make_kind();

} // namespace squall::workers::prime
