#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace squall::tests {

/// The text of the `std::invalid_argument` with which `parse` refuses what it was given; empty when
/// it takes it.
template <class Parse>
std::string refusal_of(Parse&& parse) {
  try {
    std::forward<Parse>(parse)();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

} // namespace squall::tests
