#pragma once

#include "deploy/manifest/read.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace squall::manifest {

/// A text with its variables put in.
struct filled {
  std::string text;
  bool has_variable = false;
};

/// Puts variables into a text: `${NAME}` is its value, `${NAME:-TEXT}` is TEXT when it is not set
/// or empty, and `$${` is `${` itself; every other `$` stays. What is wrong comes back as a text
/// for people, without any variable's value.
std::variant<filled, std::string> fill_in(std::string_view text, const variables& look_up);

} // namespace squall::manifest
