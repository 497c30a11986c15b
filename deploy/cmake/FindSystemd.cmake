# Finds libsystemd, for sd_notify and sd_listen_fds. Gives the imported target systemd::systemd.

find_path(Systemd_INCLUDE_DIR systemd/sd-daemon.h)
find_library(Systemd_LIBRARY systemd)
mark_as_advanced(Systemd_INCLUDE_DIR Systemd_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Systemd
  REQUIRED_VARS Systemd_LIBRARY Systemd_INCLUDE_DIR
  REASON_FAILURE_MESSAGE
    "Install Debian's package libsystemd-dev (apt-get install libsystemd-dev).")

if(Systemd_FOUND AND NOT TARGET systemd::systemd)
  add_library(systemd::systemd UNKNOWN IMPORTED)
  set_target_properties(systemd::systemd PROPERTIES
    IMPORTED_LOCATION "${Systemd_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${Systemd_INCLUDE_DIR}")
endif()
