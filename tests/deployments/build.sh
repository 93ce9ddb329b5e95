#!/usr/bin/env bash
# Installs the packages of the test deployments and builds all four applications for production.
# Idempotent: what has not changed since the last build is not touched.
# Usage: build.sh [--packages]     (folder: $ROLLCALL_DEPLOY_DIR, by default build/deployments)
#   --packages  installs the packages only
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./place.sh

manifests=(package.json package-lock.json .npmrc v4/package.json v5/package.json)
# The second switch stops Next.js from asking a registry for packages of other platforms, which the lock file names without an address.
export NEXT_TELEMETRY_DISABLED=1 NEXT_IGNORE_INCORRECT_LOCKFILE=1

# Built by one user, run by another (unprivileged.sh).
umask 022

say() { printf 'deployments: %s\n' "$*" >&2; }

# One digest of names and contents of the given files and folders.
digest() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

# up_to_date STAMP DIGEST
up_to_date() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

install_packages() {
  local wanted stamp=$ROLLCALL_DEPLOY_DIR/.installed
  wanted=$(digest "${manifests[@]}")
  if up_to_date "$stamp" "$wanted"; then return; fi
  say "installing packages with npm $(npm --version)"
  rm -f "$stamp"
  cp --parents "${manifests[@]}" "$ROLLCALL_DEPLOY_DIR"
  (cd "$ROLLCALL_DEPLOY_DIR" && npm ci --no-audit --no-fund >install.log 2>&1) ||
    { cat "$ROLLCALL_DEPLOY_DIR/install.log" >&2; say 'npm ci failed (above)'; return 1; }
  echo "$wanted" >"$stamp"
}

# An application is three layers laid over each other: common to all, common to its library version, its own.
build_application() {
  local name=$1 version=${1%/*} place=$ROLLCALL_DEPLOY_DIR/$1 wanted
  wanted=$(digest "${manifests[@]}" common "$version/common" "$name" build.sh)
  if up_to_date "$place/.built" "$wanted"; then return; fi
  say "building $name"
  rm -rf "$place"
  mkdir -p "$place"
  cp -R common/. "$version/common/." "$name/." "$place"
  chmod -R a+rX "$place"
  (cd "$place" && "$node" "$("$node" -p "require.resolve('next/dist/bin/next')")" build >build.log 2>&1) ||
    { cat "$place/build.log" >&2; say "next build of $name failed (above)"; return 1; }
  echo "$wanted" >"$place/.built"
}

mkdir -p "$ROLLCALL_DEPLOY_DIR"
# Tests start launchers side by side; each makes sure of the build first.
exec 9>"$ROLLCALL_DEPLOY_DIR/.lock"
flock 9

install_packages
if [ "${1:-}" = --packages ]; then exit 0; fi
node=$ROLLCALL_DEPLOY_DIR/node_modules/node/bin/node
# Two at a time: each build keeps about one core busy.
for version in v4 v5; do
  build_application "$version/database" &
  first=$!
  build_application "$version/jwt" &
  second=$!
  wait "$first"
  wait "$second"
done
