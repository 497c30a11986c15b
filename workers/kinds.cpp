#include "workers/prime/prime_kind.hpp"
#include "workers/registry.hpp"
#include "workers/sleep/sleep_kind.hpp"

namespace squall::workers {

registry built_in_kinds() {
  registry kinds;
  kinds.add(prime::make_kind());
  kinds.add(sleep::make_kind());
  return kinds;
}

} // namespace squall::workers
