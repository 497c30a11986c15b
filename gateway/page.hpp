#pragma once

#include <span>
#include <string_view>

/// The dashboard's files, which CMake puts into the binary from gateway/page/.
namespace squall::gateway::page {

/// One file. All views are of static storage.
struct asset {
  std::string_view path;         ///< as a client asks for it: "/index.html"
  std::string_view content_type; ///< with its charset
  std::string_view body;
};

/// Every file, ordered by path. Any thread.
std::span<const asset> assets();

/// The file that answers `path`, with "/" for "/index.html"; null when there is none. Any thread.
const asset* find(std::string_view path);

} // namespace squall::gateway::page
