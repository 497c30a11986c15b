#include "workers/registry.hpp"

#include "workers/fetch/fetch_kind.hpp"
#include "workers/prime/prime_kind.hpp"
#include "workers/sleep/sleep_kind.hpp"

#include <utility>

namespace squall::workers {

registry built_in_kinds(fetch::settings fetch) {
  registry kinds;
  kinds.add(fetch::make_kind(std::move(fetch)));
  kinds.add(prime::make_kind());
  kinds.add(sleep::make_kind());
  return kinds;
}

} // namespace squall::workers
