# How tests are built and registered. A Catch2 test file is one ctest entry, named after folder and file:
# tests/actors/router_core_test.cpp is `actors.router_core`. Nothing is discovered by running a program,
# so a sanitizer's report at start-up is a failed test and not a failed build.

if(SQUALL_SANITIZE)
  set(SQUALL_UNIT_TIMEOUT 300)
  set(SQUALL_PROCESS_TIMEOUT 900)
else()
  set(SQUALL_UNIT_TIMEOUT 120)
  set(SQUALL_PROCESS_TIMEOUT 300)
endif()

# Sanitizers end a program at the first report; what is suppressed is named, with its reason, in these files.
set(suppressions "${PROJECT_SOURCE_DIR}/tests/support/sanitizers")
set(SQUALL_TEST_ENVIRONMENT
  "UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:suppressions=${suppressions}/ubsan.supp"
  "LSAN_OPTIONS=suppressions=${suppressions}/lsan.supp:print_suppressions=0"
  "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=${suppressions}/tsan.supp"
  "SQUALL_SANITIZE=${SQUALL_SANITIZE}")

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
  # In texts made of constants, as tests have them ("x" + std::string(100, 'y')), g++ 13 and 14 see overflows
  # that are not there (GCC's bugs 105329 and 105651). The program itself is compiled with these warnings.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(squall_catch INTERFACE
      -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endfunction()

# squall_test_support: the .cpp files of tests/support, for every test program.
function(squall_support_library)
  find_package(PostgreSQL REQUIRED)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/support/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/catch_main\\.cpp$")
  add_library(squall_test_support STATIC ${sources})
  target_link_libraries(squall_test_support
    PUBLIC squall_catch squall_proto squall_asio nlohmann_json::nlohmann_json
    PRIVATE PostgreSQL::PostgreSQL)
  target_compile_definitions(squall_test_support PRIVATE
    "SQUALL_TEST_SUPPORT=\"${CMAKE_CURRENT_SOURCE_DIR}/support\"")
endfunction()

# squall_register_units(TARGET FILES...): one ctest entry a test file.
function(squall_register_units target)
  # -# makes a tag of each test's file name. An entry that would run nothing fails: Catch2 3 sees to that
  # by itself, Catch2 2 when told.
  set(no_tests "")
  if(Catch2_VERSION VERSION_LESS 3)
    set(no_tests -w NoTests)
  endif()
  foreach(file IN LISTS ARGN)
    file(RELATIVE_PATH entry "${CMAKE_CURRENT_SOURCE_DIR}" "${file}")
    string(REGEX REPLACE "_test\\.cpp$" "" entry "${entry}")
    string(REPLACE "/" "." entry "${entry}")
    get_filename_component(stem "${file}" NAME_WE)
    add_test(NAME ${entry} COMMAND ${target} -\# "[#${stem}]" ${no_tests})
    set_tests_properties(${entry} PROPERTIES
      TIMEOUT ${SQUALL_UNIT_TIMEOUT}
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
      ENVIRONMENT "${SQUALL_TEST_ENVIRONMENT}")
  endforeach()
endfunction()

# squall_tests(FOLDER LINK <library>): the program FOLDER_tests from tests/FOLDER/**/*_test.cpp, with the
# precompiled header of its library, if that has one.
function(squall_tests folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LINK" "")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${folder}_tests ${sources})
  target_link_libraries(${folder}_tests PRIVATE ${arg_LINK} squall_test_support)
  get_target_property(headers ${arg_LINK} PRECOMPILE_HEADERS)
  if(headers)
    target_precompile_headers(${folder}_tests REUSE_FROM ${arg_LINK})
  endif()
  squall_register_units(${folder}_tests ${sources})
endfunction()

# squall_python_tests(FOLDER): every tests/FOLDER/test_NAME.py is the entry FOLDER.NAME. They start real
# processes of the program in SQUALL_BIN and measure time, so each runs alone.
function(squall_python_tests folder)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/test_*.py")
  if(NOT TARGET squall)
    return()
  endif()
  foreach(file IN LISTS files)
    get_filename_component(stem "${file}" NAME_WE)
    string(REGEX REPLACE "^test_" "${folder}." entry "${stem}")
    add_test(NAME ${entry}
      COMMAND Python3::Interpreter -m pytest -q -p no:cacheprovider "${file}")
    set_tests_properties(${entry} PROPERTIES
      TIMEOUT ${SQUALL_PROCESS_TIMEOUT}
      RUN_SERIAL ON
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
      ENVIRONMENT "SQUALL_BIN=$<TARGET_FILE:squall>;SQUALL_OTHER_VERSION_WORKER=$<TARGET_FILE:other_version_worker>;PYTHONDONTWRITEBYTECODE=1;${SQUALL_TEST_ENVIRONMENT}")
  endforeach()
endfunction()

# Every .cpp below tests/bench is a program named as the file; main.cpp is <its folder>_bench. It is linked
# with the libraries whose headers it includes, so that one benchmark does not wait for the whole tree.
function(squall_benchmarks)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/bench/*.cpp")
  foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME_WE)
    if(name STREQUAL "main")
      get_filename_component(folder "${source}" DIRECTORY)
      get_filename_component(folder "${folder}" NAME)
      set(name "${folder}_bench")
    endif()
    add_executable(${name} "${source}")
    target_link_libraries(${name} PRIVATE squall_flags squall_asio)
    foreach(library cli gateway workers actors proto)
      file(STRINGS "${source}" used REGEX "^#include \"(deploy/)?${library}/")
      if(used)
        target_link_libraries(${name} PRIVATE squall_${library})
      endif()
    endforeach()
    file(STRINGS "${source}" used REGEX "^#include <curl/")
    if(used)
      target_link_libraries(${name} PRIVATE CURL::libcurl)
    endif()
    file(STRINGS "${source}" used REGEX "^#include <sqlite3")
    if(used)
      target_link_libraries(${name} PRIVATE SQLite::SQLite3) # SQLiteCpp's package finds it
    endif()
    set_target_properties(${name} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench"
      EXCLUDE_FROM_ALL $<NOT:$<CONFIG:Release>>)
  endforeach()
endfunction()
