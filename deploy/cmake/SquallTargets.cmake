# One static library a folder, from whatever sources it has.

# squall_library(NAME LINK <targets...> [PCH <headers...>] [EXCLUDE <regex>])
# A folder without a source yet becomes an INTERFACE library, so that what links it configures.
function(squall_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXCLUDE" "LINK;PCH")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  if(arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${arg_EXCLUDE}")
  endif()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE squall_flags ${arg_LINK})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC squall_flags ${arg_LINK})
  if(SQUALL_PCH AND arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
endfunction()

# proto/version.hpp comes from project(VERSION).
function(squall_configure_version)
  configure_file("${PROJECT_SOURCE_DIR}/deploy/cmake/version.hpp.in"
                 "${PROJECT_BINARY_DIR}/generated/proto/version.hpp" @ONLY)
endfunction()

# Header-only Asio and Beast, with the TLS that Asio's ssl headers need. A function, because Boost and
# OpenSSL are looked for after this file is read.
function(squall_add_asio)
  add_library(squall_asio INTERFACE)
  target_compile_definitions(squall_asio INTERFACE BOOST_ASIO_NO_DEPRECATED)
  target_link_libraries(squall_asio INTERFACE
    Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
endfunction()
