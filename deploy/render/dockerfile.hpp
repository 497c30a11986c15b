#pragma once

#include <string>

namespace squall::render {

/// The image `squall:VERSION`, of two stages: one that builds the program from its source, which is
/// a build context of its own named `source`, and one with no more than it needs to run. Pure.
std::string dockerfile_text();

/// The image's name with this program's version.
std::string image_name();

} // namespace squall::render
