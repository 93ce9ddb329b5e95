# Sourced by run.sh, test.sh and proof.sh: packages, build, messages.

SOURCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD_DIR=$SOURCE_DIR/build/release

# One object cache for every build folder and checkout.
export CCACHE_BASEDIR=$SOURCE_DIR CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# headline TEXT: announces a step and how long the script has been running.
headline() { printf '\n== %s  [%d:%02d]\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }

fail() { printf '%s: %s\n' "$(basename "$0")" "$1" >&2; exit 1; }

# packages_in SECTION...: the names that packages.list has for them.
packages_in() {
  local section
  for section in "$@"; do
    sed 's/#.*//' "$SOURCE_DIR/packaging/packages.list" | awk -v section="$section" '$1 == section { print $2 }'
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
  command -v sudo >/dev/null || fail "packages are missing, and to install them this script must run as root or find sudo: $*"
  sudo "$@"
}

# Keeps the server packages from starting daemons or making clusters while they are installed; the tests start their own servers.
# Undone by allow_daemons.
forbid_daemons() {
  policy_made=false
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 0755 /usr/sbin/policy-rc.d
    policy_made=true
  fi
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/rollcall.conf >/dev/null
}

allow_daemons() {
  if $policy_made; then as_root rm -f /usr/sbin/policy-rc.d; fi
  as_root rm -f /etc/postgresql-common/createcluster.d/rollcall.conf
}

# install_packages SECTION...: installs those of the named sections that are missing. Section npm counts only where there is no npm.
install_packages() {
  local sections=() section name missing=()
  for section in "$@"; do
    if [ "$section" != npm ] || ! command -v npm >/dev/null; then sections+=("$section"); fi
  done
  for name in $(packages_in "${sections[@]}"); do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then missing+=("$name"); fi
  done
  if [ ${#missing[@]} -eq 0 ]; then
    echo 'Every package that is needed is installed.'
    return
  fi
  echo "Installing ${missing[*]}"
  local log status=0
  log=$(mktemp)
  # A subshell, so that what forbid_daemons does is undone on every way out, Ctrl-C included.
  (
    trap allow_daemons EXIT
    trap 'exit 130' INT TERM
    forbid_daemons &&
      as_root apt-get update &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
  ) >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then tail -n 30 "$log" >&2; fi
  rm -f "$log"
  [ "$status" -eq 0 ] || fail 'installing packages failed (the end of what apt-get said is above)'
}

# build_release [TARGET...]: configures and builds the release preset; all targets where none is named. BUILD_OPTIONS: more
# for the configuration.
build_release() {
  (
    cd "$SOURCE_DIR" &&
      cmake --preset release ${BUILD_OPTIONS:-} >/dev/null &&
      cmake --build --preset release ${1:+--target "$@"}
  )
}
