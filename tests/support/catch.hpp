#pragma once

/// Catch2, whichever of 2.13 and 3.7 is installed: tests include this file and nothing of Catch2's.
/// Beyond the macros, which are the same, it offers under one spelling: `Approx`,
/// `Catch::Matchers::ContainsSubstring`, `StartsWith`, `EndsWith` and `Equals`.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

using Catch::Approx;
#else
#include <catch2/catch.hpp>

namespace Catch::Matchers {

inline auto ContainsSubstring(const std::string& text) {
  return Contains(text);
}

} // namespace Catch::Matchers
#endif
