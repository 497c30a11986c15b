# How everything is compiled: language, warnings, sanitizers, and the tools that make builds quick.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# -O2 rather than CMake's -O3: Beast's templates grow by a third at -O3 and gain nothing measurable.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# For the sanitizers: assertions on, and lines in the reports. -O1 takes UBSan two to three times as long to compile.
set(CMAKE_CXX_FLAGS_SANITIZE "-O0 -g1 -fno-omit-frame-pointer")

add_library(squall_flags INTERFACE)
target_include_directories(squall_flags INTERFACE
  "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(squall_flags INTERFACE -Wall -Wextra -Wpedantic)
if(SQUALL_WERROR)
  target_compile_options(squall_flags INTERFACE -Werror)
endif()

if(SQUALL_SANITIZE)
  # Directory-wide, so that the precompiled headers and Catch2's main are instrumented alike.
  # UBSan stays recoverable here (its suppressions need that); halt_on_error at run time makes it fatal.
  add_compile_options(-fsanitize=${SQUALL_SANITIZE})
  add_link_options(-fsanitize=${SQUALL_SANITIZE})
  if(SQUALL_SANITIZE MATCHES "thread")
    # GCC warns that ThreadSanitizer does not know fences. Asio has some, beside locks that it does know.
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(SQUALL_CCACHE ccache)
if(SQUALL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache needs this sloppiness, and GCC the flag below, to cache units that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      "${SQUALL_CCACHE}")
  if(SQUALL_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_program(SQUALL_MOLD mold)
if(SQUALL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
