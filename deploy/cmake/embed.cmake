# Run by squall_embed at build time with -DOUTPUT and -DDIRECTORY.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_ico "image/x-icon")

file(GLOB_RECURSE files RELATIVE "${DIRECTORY}" "${DIRECTORY}/*")
list(SORT files)
set(entries "")
list(LENGTH files count)
foreach(file IN LISTS files)
  get_filename_component(extension "${file}" LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "${DIRECTORY}/${file}: no content type is known for .${extension}")
  endif()
  file(READ "${DIRECTORY}/${file}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  # One literal a line of 32 bytes: some editors and compilers dislike lines of a megabyte.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${bytes}")
  string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])+)" "\"\\1\"" escaped "${escaped}")
  if(escaped STREQUAL "")
    set(escaped "\"\"")
  endif()
  string(APPEND entries "    asset{\"/${file}\", \"${type_${extension}}\", std::string_view{${escaped}, ${size}}},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by deploy/cmake/embed.cmake.
#include \"gateway/page.hpp\"

#include <array>

namespace squall::gateway::page {

std::span<const asset> assets() {
  static constexpr std::array<asset, ${count}> all{
${entries}  };
  return all;
}

} // namespace squall::gateway::page
")
