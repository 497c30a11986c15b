# Finds prometheus-cpp's core library. Gives the imported target prometheus-cpp::core.
# Its own CMake package also wants civetweb, zlib and curl, for parts that are not used here.

find_path(PrometheusCpp_INCLUDE_DIR prometheus/registry.h)
find_library(PrometheusCpp_core_LIBRARY prometheus-cpp-core)
mark_as_advanced(PrometheusCpp_INCLUDE_DIR PrometheusCpp_core_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PrometheusCpp
  REQUIRED_VARS PrometheusCpp_core_LIBRARY PrometheusCpp_INCLUDE_DIR
  REASON_FAILURE_MESSAGE
    "Install Debian's package prometheus-cpp-dev (apt-get install prometheus-cpp-dev).")

if(PrometheusCpp_FOUND AND NOT TARGET prometheus-cpp::core)
  add_library(prometheus-cpp::core UNKNOWN IMPORTED)
  set_target_properties(prometheus-cpp::core PROPERTIES
    IMPORTED_LOCATION "${PrometheusCpp_core_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${PrometheusCpp_INCLUDE_DIR}")
endif()
