# How tests are built and registered. Catch2's test files get one ctest entry each, named after folder and
# file: tests/actors/router_core_test.cpp is `actors.router_core`. Nothing is discovered by running a
# program, so a sanitizer's report at start-up is a failed test and not a failed build.

set(SQUALL_UNIT_TIMEOUT 120)

# squall_catch: Catch2 with a main, version 2 or 3.
function(squall_add_catch)
  add_library(squall_catch INTERFACE)
  if(TARGET Catch2::Catch2WithMain)
    target_link_libraries(squall_catch INTERFACE Catch2::Catch2WithMain)
  else()
    add_library(squall_catch_main STATIC support/catch_main.cpp)
    target_link_libraries(squall_catch_main PUBLIC Catch2::Catch2)
    target_link_libraries(squall_catch INTERFACE squall_catch_main)
  endif()
endfunction()

# squall_test_support: the .cpp files of tests/support, for every test program.
function(squall_support_library)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/support/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/catch_main\\.cpp$")
  if(sources)
    add_library(squall_test_support STATIC ${sources})
    target_link_libraries(squall_test_support PUBLIC
      squall_catch squall_proto squall_asio nlohmann_json::nlohmann_json)
  else()
    add_library(squall_test_support INTERFACE)
    target_link_libraries(squall_test_support INTERFACE squall_catch squall_flags)
  endif()
endfunction()

function(squall_register target file entry)
  get_filename_component(stem "${file}" NAME_WE)
  # -# makes a tag of each test's file name; NoTests fails an entry that would run nothing.
  add_test(NAME ${entry} COMMAND ${target} -\# "[#${stem}]" -w NoTests)
  set_tests_properties(${entry} PROPERTIES TIMEOUT ${SQUALL_UNIT_TIMEOUT})
endfunction()

# The ctest name of a test file: folders by dots, without _test.
function(squall_entry_name file result)
  file(RELATIVE_PATH name "${CMAKE_CURRENT_SOURCE_DIR}" "${file}")
  string(REGEX REPLACE "_test\\.cpp$" "" name "${name}")
  string(REPLACE "/" "." name "${name}")
  set(${result} "${name}" PARENT_SCOPE)
endfunction()

# squall_tests(FOLDER LINK <library>): the program FOLDER_tests from tests/FOLDER/**/*_test.cpp.
function(squall_tests folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${folder}_tests ${sources})
  target_link_libraries(${folder}_tests PRIVATE ${arg_LINK} squall_test_support)
  foreach(source IN LISTS sources)
    squall_entry_name("${source}" entry)
    squall_register(${folder}_tests "${source}" "${entry}")
  endforeach()
endfunction()
