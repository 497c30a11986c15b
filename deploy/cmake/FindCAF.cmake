# Finds the C++ Actor Framework, for which Debian's libcaf-dev has no CMake package.
#
#   find_package(CAF 0.17.6 REQUIRED COMPONENTS core io openssl)
#
# Gives CAF_VERSION and one imported target a component: CAF::core, CAF::io, CAF::openssl.

if(NOT CAF_FIND_COMPONENTS)
  set(CAF_FIND_COMPONENTS core)
endif()

find_path(CAF_INCLUDE_DIR caf/config.hpp)
mark_as_advanced(CAF_INCLUDE_DIR)
if(CAF_INCLUDE_DIR)
  # CAF_VERSION is one number: major * 10000 + minor * 100 + patch. Releases since 0.18 keep it elsewhere.
  foreach(header caf/config.hpp caf/detail/build_config.hpp)
    if(EXISTS "${CAF_INCLUDE_DIR}/${header}" AND NOT CAF_VERSION)
      file(STRINGS "${CAF_INCLUDE_DIR}/${header}" line REGEX "^#define CAF_VERSION [0-9]+")
      if(line MATCHES "CAF_VERSION ([0-9]+)")
        math(EXPR major "${CMAKE_MATCH_1} / 10000")
        math(EXPR minor "${CMAKE_MATCH_1} / 100 % 100")
        math(EXPR patch "${CMAKE_MATCH_1} % 100")
        set(CAF_VERSION "${major}.${minor}.${patch}")
      endif()
    endif()
  endforeach()
endif()

foreach(component IN LISTS CAF_FIND_COMPONENTS)
  find_library(CAF_${component}_LIBRARY caf_${component})
  mark_as_advanced(CAF_${component}_LIBRARY)
  if(CAF_${component}_LIBRARY AND EXISTS "${CAF_INCLUDE_DIR}/caf/${component}")
    set(CAF_${component}_FOUND TRUE)
  elseif(component STREQUAL "core" AND CAF_core_LIBRARY)
    set(CAF_core_FOUND TRUE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION
  HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE "Install Debian's package libcaf-dev (apt-get install libcaf-dev).")

if(CAF_FOUND)
  foreach(component IN LISTS CAF_FIND_COMPONENTS)
    if(NOT TARGET CAF::${component})
      add_library(CAF::${component} UNKNOWN IMPORTED)
      set_target_properties(CAF::${component} PROPERTIES
        IMPORTED_LOCATION "${CAF_${component}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
    endif()
  endforeach()
  find_package(Threads REQUIRED)
  set_property(TARGET CAF::core APPEND PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
  foreach(component io openssl)
    if(TARGET CAF::${component})
      set_property(TARGET CAF::${component} APPEND PROPERTY INTERFACE_LINK_LIBRARIES CAF::core)
    endif()
  endforeach()
  if(TARGET CAF::openssl)
    find_package(OpenSSL REQUIRED)
    set_property(TARGET CAF::openssl APPEND PROPERTY
      INTERFACE_LINK_LIBRARIES CAF::io OpenSSL::SSL OpenSSL::Crypto)
  endif()
endif()
