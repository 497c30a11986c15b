#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace squall::cli::bench {

/// A number below a million and whether it is prime, by a sieve that shares no code with the
/// servers under test.
struct question {
  std::string digits;
  bool prime = false;
};

/// Size of the table; a power of two, so that a counter wraps cheaply.
inline constexpr std::size_t question_count = 4096;

/// The same `question_count` questions each time, half of them primes.
std::vector<question> make_questions();

} // namespace squall::cli::bench
