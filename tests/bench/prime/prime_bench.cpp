// Prints how long a primality check takes here and in GMP's mpz_probab_prime_p(n, 25), for primes
// and for random odd numbers of growing length. The two take turns, so that a busy machine slows
// both.

#include "workers/prime/check.hpp"

#include <gmp.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace squall::workers;

constexpr int turns = 41;
constexpr double turn_ns = 2e6;

double cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Numbers of one length, once as GMP's and once as text.
struct sample {
  std::vector<std::string> texts;
  std::vector<prime::decimal> decimals; ///< views of `texts`
  std::vector<mpz_ptr> numbers;

  sample(gmp_randstate_t random, unsigned bits, bool primes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto* const n = new __mpz_struct;
      mpz_init(n);
      mpz_urandomb(n, random, bits - 1);
      mpz_setbit(n, bits - 1);
      mpz_setbit(n, 0);
      if (primes) mpz_nextprime(n, n);
      numbers.push_back(n);
      auto& text = texts.emplace_back(mpz_sizeinbase(n, 10) + 2, '\0');
      mpz_get_str(text.data(), 10, n);
      text.resize(text.find('\0'));
    }
    for (const auto& text : texts)
      decimals.push_back(std::get<prime::decimal>(prime::parse_decimal(text)));
  }
  ~sample() {
    for (auto* const n : numbers) {
      mpz_clear(n);
      delete n;
    }
  }
  sample(const sample&) = delete;
  sample& operator=(const sample&) = delete;
};

volatile int sink = 0;

/// Nanoseconds for each element, over as many as fill a turn. Every turn begins with another one;
/// turns of the same number begin with the same.
template <class Elements, class Check>
double one_turn(const Elements& elements, int turn, Check&& check) {
  // The clock is a system call: ask it after every batch only.
  const std::size_t batch = elements.size() >= 1000 ? 100 : 1;
  std::size_t done = 0;
  const auto begin = cpu_ns();
  double passed = 0;
  do {
    for (const auto end = done + batch; done < end; ++done)
      sink = check(elements[(static_cast<std::size_t>(turn) * 53 + done) % elements.size()]);
    passed = cpu_ns() - begin;
  } while (passed < turn_ns);
  return passed / static_cast<double>(done);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(gmp_randstate_t random, unsigned bits, bool primes) {
  const sample numbers(random, bits, primes, bits <= 128 ? 1000 : bits <= 1024 ? 200 : 20);
  std::vector<double> ours;
  std::vector<double> parsing;
  std::vector<double> gmps;
  for (int turn = 0; turn < turns; ++turn) {
    ours.push_back(one_turn(numbers.decimals, turn,
                            [](const auto& n) { return prime::check(n, {})->prime ? 1 : 0; }));
    gmps.push_back(
        one_turn(numbers.numbers, turn, [](mpz_ptr n) { return mpz_probab_prime_p(n, 25); }));
    parsing.push_back(one_turn(numbers.texts, turn, [](const std::string& text) {
      mpz_t n;
      const auto failed = mpz_init_set_str(n, text.c_str(), 10);
      mpz_clear(n);
      return failed;
    }));
  }
  const auto a = median(ours);
  const auto b = median(gmps);
  const auto text = median(parsing);
  std::printf("%5u  %-10s %14.0f %14.0f %10.0f %8.3f %8.3f\n", bits,
              primes ? "prime" : "random odd", a, b, text, a / b, a / (b + text));
  std::fflush(stdout);
}

} // namespace

int main() {
  std::printf("GMP %s; ns for one check; `ours` starts from text, so the fair ratio is the last\n",
              gmp_version);
  std::printf("%5s  %-10s %14s %14s %10s %8s %8s\n", "bits", "numbers", "ours", "gmp", "gmp parse",
              "ours/gmp", "with parse");
  gmp_randstate_t random;
  gmp_randinit_default(random);
  for (const auto bits :
       {16U, 24U, 32U, 40U, 48U, 56U, 63U, 64U, 65U, 80U, 128U, 256U, 512U, 1024U, 4096U})
    for (const auto primes : {true, false})
      compare(random, bits, primes);
  gmp_randclear(random);
}
