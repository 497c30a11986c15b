#include "deploy/supervisor/contents.hpp"

#include "deploy/supervisor/run_directory.hpp"

#include <openssl/evp.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace squall::supervisor {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 3> with_file{"tokens", "tls-cert", "tls-key"};
constexpr const char* with_folder = "cluster-tls";
constexpr std::array<std::string_view, 3> in_folder{"ca.pem", "cert.pem", "key.pem"};
constexpr std::uintmax_t most_bytes = 16u << 20; ///< a larger file is none of these

std::string sum_of(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  ::EVP_Digest(text.data(), text.size(), bytes.data(), &size, ::EVP_sha256(), nullptr);
  std::string sum;
  for (unsigned i = 0; i < size; ++i)
    sum.append({digits[bytes[i] >> 4], digits[bytes[i] & 15]});
  return sum;
}

std::optional<std::string> text_of(const fs::path& file) {
  std::error_code none;
  if (!fs::is_regular_file(file, none) || fs::file_size(file, none) > most_bytes) return {};
  return read_file(file);
}

const std::string* value_of(const manifest::flag_values& flags, std::string_view name) {
  const auto at = flags.find(std::string(name));
  return at == flags.end() || at->second.empty() ? nullptr : &at->second.front();
}

/// Of all files of the folder together.
std::optional<std::string> folder_sum(const fs::path& folder) {
  std::string sums;
  for (const auto& name : in_folder) {
    const auto text = text_of(folder / name);
    if (!text) return {};
    sums += sum_of(*text);
  }
  return sum_of(sums);
}

} // namespace

content_sums contents_of(const manifest::flag_values& flags) {
  content_sums sums;
  for (const auto& flag : with_file)
    if (const auto* path = value_of(flags, flag))
      if (const auto text = text_of(*path)) sums.emplace(flag, sum_of(*text));
  if (const auto* path = value_of(flags, with_folder))
    if (const auto sum = folder_sum(*path)) sums.emplace(with_folder, *sum);
  return sums;
}

std::vector<std::string> compare_contents(const content_sums& now, const content_sums& wanted,
                                          const manifest::flag_values& flags) {
  std::vector<std::string> lines;
  for (const auto& [flag, sum] : wanted) {
    const auto before = now.find(flag);
    if (before != now.end() && before->second == sum) continue;
    const auto* path = value_of(flags, flag);
    lines.push_back(flag + ": " + (path == nullptr ? "its file" : *path) + " has other contents");
  }
  return lines;
}

} // namespace squall::supervisor
