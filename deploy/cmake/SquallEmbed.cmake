# squall_embed(<directory> <header>): writes the header, below the generated sources, that gateway/page.cpp
# includes: a constexpr array `files` of assets from the files of a directory. Made at configure time, and
# again whenever one of them changes.

set(squall_type_html "text/html; charset=utf-8")
set(squall_type_css "text/css; charset=utf-8")
set(squall_type_js "text/javascript; charset=utf-8")
set(squall_type_json "application/json")
set(squall_type_svg "image/svg+xml")
set(squall_type_png "image/png")
set(squall_type_ico "image/x-icon")

function(squall_embed directory header)
  file(GLOB_RECURSE files RELATIVE "${directory}" CONFIGURE_DEPENDS "${directory}/*")
  list(LENGTH files count)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${directory}/${file}")
    get_filename_component(extension "${file}" LAST_EXT)
    string(REGEX REPLACE "^\\." "" extension "${extension}")
    if(NOT DEFINED squall_type_${extension})
      message(FATAL_ERROR "${directory}/${file}: no content type is known for .${extension}")
    endif()
    file(READ "${directory}/${file}" bytes HEX)
    string(LENGTH "${bytes}" digits)
    math(EXPR size "${digits} / 2")
    string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${bytes}")
    string(APPEND entries
      "    {\"/${file}\", \"${squall_type_${extension}}\", {\"${escaped}\", ${size}}},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/${header}" @ONLY CONTENT
"#pragma once

// Made by deploy/cmake/SquallEmbed.cmake.
#include \"gateway/page.hpp\"

#include <array>

namespace squall::gateway::page {

inline constexpr std::array<asset, ${count}> files{{
${entries}}};

} // namespace squall::gateway::page
")
endfunction()
