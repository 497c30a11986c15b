#include "deploy/manifest/read.hpp"

#include "deploy/manifest/checks.hpp"
#include "deploy/manifest/keys.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace squall::manifest {
namespace {

constexpr std::uintmax_t most_bytes = 1 << 20;

/// Members that hold anchors for aliases elsewhere, as Compose files have them.
void drop_extensions(node& root) {
  std::erase_if(root.members, [](const member& each) { return each.name.starts_with("x-"); });
}

[[noreturn]] void cannot(const std::filesystem::path& file, const std::string& why) {
  throw mistakes({{file.string(), 1, 1, why}});
}

std::optional<std::string> process_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

} // namespace

manifest read(std::string_view text, const std::filesystem::path& file, const variables& look_up,
              std::vector<std::string> kinds) {
  report to(file, std::move(kinds));
  auto root = parse_document(text, look_up, to);
  drop_extensions(root);
  if (root.is == node::sort::nothing) {
    to.finish();
    cannot(file, "nothing is in this file; a manifest begins with 'apiVersion: squall/v1'");
  }
  manifest out;
  read_map(to, root, "a manifest", top_keys(), out);
  if (root.is == node::sort::map) {
    complete(root, out);
    check(to, root, out);
  }
  to.finish();
  return out;
}

manifest read_file(const std::filesystem::path& file, std::vector<std::string> kinds) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) cannot(file, "there is no such file");
  if (std::filesystem::is_directory(status)) cannot(file, "this is a folder");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) cannot(file, "cannot be read; may you?");
  std::string text;
  for (std::istreambuf_iterator<char> next(stream), end; next != end; ++next) {
    if (text.size() == most_bytes) cannot(file, "more than 1 MiB, which is no manifest");
    text += *next;
  }
  return read(text, file, process_variable, std::move(kinds));
}

} // namespace squall::manifest
