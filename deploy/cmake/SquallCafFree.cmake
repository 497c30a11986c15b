# The tests that need no actor system, for ThreadSanitizer: CAF's library is not instrumented, and a run with
# actors would report its internals. Such a test is found, not listed: following its includes through the
# tree, no file outside proto/ (whose messages are plain structs) includes a header of CAF's.

set(folders proto actors workers gateway deploy tests)
string(REPLACE ";" "|" SQUALL_FOLDERS_REGEX "${folders}")

# The project's headers that a file includes, as paths from the root.
function(squall_includes_of file result)
  file(STRINGS "${PROJECT_SOURCE_DIR}/${file}" lines
       REGEX "^#include \"(${SQUALL_FOLDERS_REGEX})/[^\"]+\"")
  list(TRANSFORM lines REPLACE "^#include \"([^\"]+)\".*" "\\1")
  set(${result} "${lines}" PARENT_SCOPE)
endfunction()

# Notes for every header which .cpp files implement it: those that include it first.
function(squall_map_implementations)
  foreach(folder proto actors workers gateway deploy tests/support)
    file(GLOB_RECURSE sources RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS
         "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
    foreach(source IN LISTS sources)
      squall_includes_of("${source}" includes)
      if(includes)
        list(GET includes 0 header)
        set_property(GLOBAL APPEND PROPERTY "squall_implements_${header}" "${source}")
      endif()
    endforeach()
  endforeach()
endfunction()

# The .cpp files that a test needs, itself among them; empty when the test needs CAF.
function(squall_caf_free_closure test result)
  set(waiting "${test}")
  set(seen "${test}")
  while(waiting)
    list(POP_FRONT waiting file)
    if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${file}")
      continue() # made by the build, as proto/version.hpp is
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${file}")
    file(STRINGS "${PROJECT_SOURCE_DIR}/${file}" caf REGEX "^#include <caf/")
    # The whole program has actors in it, though no header on the way says so.
    if(file STREQUAL "deploy/cli/main.cpp" OR (caf AND NOT file MATCHES "^proto/"))
      set(${result} "" PARENT_SCOPE)
      return()
    endif()
    squall_includes_of("${file}" next)
    get_property(implementations GLOBAL PROPERTY "squall_implements_${file}")
    foreach(candidate IN LISTS next implementations)
      if(NOT candidate IN_LIST seen)
        list(APPEND seen "${candidate}")
        list(APPEND waiting "${candidate}")
      endif()
    endforeach()
  endwhile()
  list(FILTER seen INCLUDE REGEX "\\.cpp$")
  set(${result} "${seen}" PARENT_SCOPE)
endfunction()

# squall_caf_free_tests(FOLDERS...): FOLDER_tests from the CAF-free tests of each folder. What they need is
# compiled once, for all of them.
function(squall_caf_free_tests)
  squall_map_implementations()
  set(sources "")
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE tests RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS
         "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.cpp")
    set(chosen_${folder} "")
    foreach(test IN LISTS tests)
      squall_caf_free_closure("${test}" needed)
      if(needed)
        list(APPEND chosen_${folder} "${PROJECT_SOURCE_DIR}/${test}")
        list(APPEND sources ${needed})
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES sources)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM sources PREPEND "${PROJECT_SOURCE_DIR}/")
  add_library(squall_caf_free STATIC ${sources})
  target_link_libraries(squall_caf_free PUBLIC
    squall_flags squall_catch squall_asio CAF::core CAF::io CAF::openssl CURL::libcurl GMP::gmp
    prometheus-cpp::core SQLiteCpp PostgreSQL::PostgreSQL date::date-tz CLI11::CLI11 nlohmann_json::nlohmann_json spdlog::spdlog
    yaml-cpp systemd::systemd)
  target_compile_definitions(squall_caf_free PUBLIC
    "SQUALL_TEST_SUPPORT=\"${PROJECT_SOURCE_DIR}/tests/support\"")
  foreach(folder IN LISTS ARGN)
    if(chosen_${folder})
      add_executable(${folder}_tests ${chosen_${folder}})
      target_link_libraries(${folder}_tests PRIVATE squall_caf_free)
      squall_register_units(${folder}_tests ${chosen_${folder}})
    endif()
  endforeach()
endfunction()
