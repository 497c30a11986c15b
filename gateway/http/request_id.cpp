#include "gateway/http/request_id.hpp"

#include "gateway/http/syntax.hpp"

#include <cstdint>
#include <random>

namespace squall::gateway::http {
namespace {

std::uint64_t seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

/// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
std::uint64_t mix(std::uint64_t& state) {
  auto z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

} // namespace

bool is_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 128 && is_visible(text);
}

std::string make_request_id() {
  thread_local std::uint64_t high = seed();
  thread_local std::uint64_t low = seed();
  std::string id(32, '0');
  auto a = mix(high), b = mix(low);
  for (int i = 15; i >= 0; --i, a >>= 4, b >>= 4) {
    id[static_cast<std::size_t>(i)] = "0123456789abcdef"[a & 15];
    id[static_cast<std::size_t>(i) + 16] = "0123456789abcdef"[b & 15];
  }
  return id;
}

} // namespace squall::gateway::http
