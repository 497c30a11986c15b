#include "deploy/cli/bench/questions.hpp"

#include <cstdint>
#include <random>

namespace squall::cli::bench {

namespace {

constexpr std::uint32_t limit = 1'000'000;

std::vector<bool> sieve() {
  std::vector<bool> prime(limit, true);
  prime[0] = prime[1] = false;
  for (std::size_t n = 2; n * n < limit; ++n) {
    if (!prime[n]) continue;
    for (std::size_t multiple = n * n; multiple < limit; multiple += n)
      prime[multiple] = false;
  }
  return prime;
}

} // namespace

std::vector<question> make_questions() {
  const auto prime = sieve();
  std::mt19937 random(97);
  std::vector<question> questions;
  questions.reserve(question_count);
  while (questions.size() < question_count) {
    const auto n = random() % limit;
    const bool wanted = questions.size() % 2 == 0;
    if (prime[n] == wanted) questions.push_back({std::to_string(n), wanted});
  }
  return questions;
}

} // namespace squall::cli::bench
