# shellcheck shell=bash
# Shared by deploy/run, tests/run and .ci/run, which source it. Needs bash and what Debian's base image has.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
program=$(realpath "$0")
program=${program#"$root"/}

say() { printf '%s: %s\n' "$program" "$*"; }

die() {
  printf '%s: %s\n' "$program" "$*" >&2
  exit 1
}

# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$root/deploy/packages.sh"

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# install_packages NAME...: those that are missing; no apt at all when none is.
install_packages() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || command -v sudo >/dev/null ||
    die "must be root, or have sudo, to install what is missing: ${missing[*]}"
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  run_apt update
  # Nothing of the user's is removed to make room: then apt fails, and its message says why.
  run_apt install -y --no-install-recommends --no-remove "${missing[@]}"
}

run_apt() {
  local log="$root/build/apt.log"
  mkdir -p "$root/build"
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    die "apt-get $1 failed; all it said is in $log"
  fi
}

# As many compilers as there are cores, and memory for: a unit of the gateway's takes up to 1.2 GB.
build_jobs() {
  local cores available
  cores=$(nproc)
  available=$(awk '/^MemAvailable:/ { print int($2 / 1200000) }' /proc/meminfo)
  ((available < 1)) && available=1
  echo $((cores < available ? cores : available))
}

# build PRESET ON|OFF [TARGET...]: configures when that is due, then lets ninja decide what changed.
# With OFF, tests are left out of a fresh tree; a tree that has them keeps them.
build() {
  local preset=$1 testing=$2 tree="$root/build/$1" lock fresh=()
  shift 2
  mkdir -p "$tree"
  exec {lock}>"$root/build/.lock"
  flock -n "$lock" || { say "waiting until another build of this tree has ended" && flock "$lock"; }
  if [[ -e $tree/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$tree/CMakeCache.txt"; then
    fresh=(--fresh) # the tree was copied or moved here
  fi
  if [[ ! -e $tree/build.ninja || ${#fresh[@]} -gt 0 ]] ||
    { [[ $testing == ON ]] && ! grep -qx 'BUILD_TESTING:.*=ON' "$tree/CMakeCache.txt"; }; then
    say "configuring build/$preset"
    (cd "$root" && cmake --preset "$preset" "${fresh[@]}" -DBUILD_TESTING="$testing" >"$tree/configure.log" 2>&1) ||
      { cat "$tree/configure.log" >&2 && die "cmake failed"; }
  fi
  say "building build/$preset"
  cmake --build "$tree" --parallel "$(build_jobs)" ${1:+--target "$@"} || die "the build failed"
  exec {lock}>&-
}
