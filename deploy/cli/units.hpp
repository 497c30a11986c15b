#pragma once

#include "deploy/manifest/units.hpp"

/// Durations, sizes and numbers on the command line are written as in manifests.
namespace squall::cli {

using manifest::format_age;
using manifest::format_count;
using manifest::format_duration;
using manifest::format_size;
using manifest::parse_duration;
using manifest::parse_size;

} // namespace squall::cli
