#include "gateway/page.hpp"

#include "gateway/page_files.hpp"

#include <algorithm>

namespace squall::gateway::page {

std::span<const asset> assets() {
  return files;
}

const asset* find(std::string_view path) {
  if (path == "/") path = "/index.html";
  const auto all = assets();
  const auto found = std::ranges::find(all, path, &asset::path);
  return found == all.end() ? nullptr : &*found;
}

} // namespace squall::gateway::page
