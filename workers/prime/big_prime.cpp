#include "workers/prime/big_prime.hpp"

#include "workers/prime/divisors.hpp"
#include "workers/prime/montgomery.hpp"

#include <gmp.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#if __GNU_MP_RELEASE < 60200
#error "GMP 6.2 or newer is needed: older ones have no Baillie-PSW test"
#endif

namespace squall::workers::prime {

namespace {

static_assert(GMP_NUMB_BITS == 64, "a limb is a word");

class big {
public:
  big() { mpz_init(value_); }
  ~big() { mpz_clear(value_); }
  big(const big&) = delete;
  big& operator=(const big&) = delete;

  mpz_ptr get() noexcept { return value_; }
  mpz_srcptr get() const noexcept { return value_; }

private:
  mpz_t value_;
};

/// The product of consecutive primes that fits a word: one division of the big number serves all of
/// them.
struct prime_run {
  std::uint64_t product = 1;
  std::uint64_t inverse = 1; ///< of the product, mod 2^64
  std::size_t end = 0;       ///< index behind its last prime
};

/// Runs that are divided by at once, to hide the latency of multiplication.
constexpr std::size_t lanes = 4;

/// The odd primes below 2^16, but for the last few that fill no group of runs.
struct trial_table {
  std::vector<std::uint32_t> primes;
  std::vector<divisor> divisors;
  std::vector<prime_run> runs; ///< a multiple of `lanes`

  trial_table() {
    constexpr std::uint32_t limit = 1 << 16;
    std::vector<bool> composite(limit);
    prime_run last;
    for (std::uint32_t p = 3; p < limit; p += 2) {
      if (composite[p]) continue;
      for (auto multiple = std::uint64_t{p} * p; multiple < limit; multiple += p)
        composite[multiple] = true;
      if (std::uint64_t fits = 0; __builtin_mul_overflow(last.product, p, &fits)) {
        runs.push_back(last);
        last = {};
      }
      primes.push_back(p);
      const auto& added = divisors.emplace_back(p);
      last = {last.product * p, last.inverse * added.inverse, primes.size()};
    }
    runs.resize(runs.size() - runs.size() % lanes);
  }
};

/// Up to which prime trial division saves more time than it costs: a strong test takes time with
/// about the cube of the length, a division with the length. For composites twice as much would be
/// better still; a prime pays for every division.
std::uint32_t trial_limit(std::size_t bits) {
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(bits * bits / 128, 64, 1 << 16));
}

/// For each of the runs a word that the same primes divide as `n`: T. Jebelean, "An algorithm for
/// exact division" (1993), from the low end up, whose remainder is -n / 2^(64 * limbs).
std::array<std::uint64_t, lanes> remainders(mpz_srcptr n, const prime_run* runs) {
  std::array<std::uint64_t, lanes> carries{};
  const auto* const limbs = mpz_limbs_read(n);
  const auto size = mpz_size(n);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::uint64_t limb = limbs[i];
      const std::uint64_t borrow = limb < carries[lane] ? 1 : 0;
      const auto quotient = (limb - carries[lane]) * runs[lane].inverse;
      const auto product = static_cast<uint128>(quotient) * runs[lane].product;
      carries[lane] = static_cast<std::uint64_t>(product >> 64) + borrow;
    }
  }
  return carries;
}

std::uint32_t smallest_factor(mpz_srcptr n) {
  static const trial_table table;
  if (mpz_even_p(n)) return 2;
  const auto limit = trial_limit(mpz_sizeinbase(n, 2));
  std::size_t i = 0;
  for (std::size_t run = 0; run < table.runs.size(); run += lanes) {
    if (table.primes[i] > limit) break;
    const auto rests = remainders(n, &table.runs[run]);
    for (std::size_t lane = 0; lane < lanes; ++lane)
      for (; i < table.runs[run + lane].end; ++i)
        if (table.divisors[i].divides(rests[lane])) return table.primes[i];
  }
  return 0;
}

/// One per thread, so that no lock is needed.
class random_source {
public:
  random_source() {
    gmp_randinit_mt(state_);
    std::random_device device;
    std::array<std::random_device::result_type, 8> entropy{};
    for (auto& word : entropy)
      word = device();
    big seed;
    mpz_import(seed.get(), entropy.size(), -1, sizeof(entropy[0]), 0, 0, entropy.data());
    gmp_randseed(state_, seed.get());
  }
  ~random_source() { gmp_randclear(state_); }
  random_source(const random_source&) = delete;
  random_source& operator=(const random_source&) = delete;

  /// Uniform in [2, n - 2].
  void draw_base(mpz_ptr base, mpz_srcptr n_minus_3) {
    mpz_urandomm(base, state_, n_minus_3);
    mpz_add_ui(base, base, 2);
  }

private:
  gmp_randstate_t state_;
};

/// One Miller-Rabin round. \param n odd
bool passes_random_round(mpz_srcptr n) {
  thread_local random_source random;
  // Kept from call to call: below some hundred bits allocating them is a good part of the time.
  thread_local big minus_one;
  thread_local big odd;
  thread_local big x;
  mpz_sub_ui(minus_one.get(), n, 1);
  const auto shift = mpz_scan1(minus_one.get(), 0);
  mpz_sub_ui(odd.get(), n, 3);
  random.draw_base(x.get(), odd.get());
  mpz_tdiv_q_2exp(odd.get(), minus_one.get(), shift);
  mpz_powm(x.get(), x.get(), odd.get(), n);
  if (mpz_cmp_ui(x.get(), 1) == 0 || mpz_cmp(x.get(), minus_one.get()) == 0) return true;
  for (mp_bitcnt_t i = 1; i < shift; ++i) {
    mpz_mul(x.get(), x.get(), x.get());
    mpz_tdiv_r(x.get(), x.get(), n);
    if (mpz_cmp(x.get(), minus_one.get()) == 0) return true;
  }
  return false;
}

} // namespace

std::optional<big_verdict> check_big(std::string_view digits, const std::stop_token& stop) {
  thread_local big n;
  thread_local std::string terminated;
  mpz_set_str(n.get(), terminated.assign(digits).c_str(), 10);
  if (const auto factor = smallest_factor(n.get())) return big_verdict{false, factor};
  if (stop.stop_requested()) return std::nullopt;
  // 24 repetitions are Baillie-PSW and no further round, in GMP 6.2 and 6.3. It is what
  // mpz_probab_prime_p does behind a trial division, which this one has had.
  if (mpz_millerrabin(n.get(), 24) == 0) return big_verdict{false, 0};
  for (auto round = 0; round < random_rounds; ++round) {
    if (stop.stop_requested()) return std::nullopt;
    if (!passes_random_round(n.get())) return big_verdict{false, 0};
  }
  return big_verdict{true, 0};
}

} // namespace squall::workers::prime
