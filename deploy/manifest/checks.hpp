#pragma once

#include "deploy/manifest/document.hpp"
#include "deploy/manifest/manifest.hpp"

namespace squall::manifest {

/// Fills in the defaults that depend on other keys.
void complete(const node& root, manifest& of);

/// Reports what is wrong between keys that are right each by itself. \param root where they stand
void check(report& to, const node& root, const manifest& of);

} // namespace squall::manifest
