# shellcheck shell=bash disable=SC2034
# The Debian packages that the project needs, for Debian 12 and 13. Sourced by deploy/lib.sh.

is_debian_12() (
  VERSION_ID=
  source /etc/os-release
  [[ $VERSION_ID == 12 ]]
)

# Debian 12's default Boost is 1.74; its 1.81 has a name of its own.
boost=libboost-dev
is_debian_12 && boost=libboost1.81-dev

# To build and run.
build_packages=(
  g++ cmake ninja-build ccache mold
  libcaf-dev "$boost" libssl-dev libgmp-dev libcurl4-openssl-dev
  nlohmann-json3-dev libcli11-dev libspdlog-dev prometheus-cpp-dev
  libsqlitecpp-dev libsqlite3-dev libpq-dev libhowardhinnant-date-dev tzdata
  libyaml-cpp-dev libsystemd-dev
)

# Besides, to test the parts of the program.
unit_test_packages=(catch2 python3)

# Besides, to test it as a process, with clients that are not ours.
process_test_packages=(
  iproute2 openssl python3-pytest python3-websockets python3-tornado python3-brotli sqlite3 chromium chromium-driver
  debootstrap systemd
)
