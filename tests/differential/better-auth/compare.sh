#!/usr/bin/env bash
# Compares the engine with the real better-auth on generated requests, cookie caches and signatures.
# Exit 1 where any case differs; the conformance runner names it and says in what.
# Usage: compare.sh [SEED [COUNT]]     (default: 1, 3000; BUILD_DIR names the build, by default build/release)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../deployments/place.sh"
seed=${1:-1} count=${2:-3000}
runner=${BUILD_DIR:-$here/../../../build/release}/tests/conformance/rollcall_conformance
[ -x "$runner" ] || { echo "compare: there is no $runner: build it" >&2; exit 1; }

packages=$ROLLCALL_DEPLOY_DIR/better-auth
mkdir -p "$packages"
(
  exec 9>"$packages/.lock"
  flock 9
  cp "$here/"{package.json,package-lock.json,.npmrc,library.mjs,generate.mjs} "$packages"
  if ! cmp -s "$here/package-lock.json" "$packages/.installed"; then
    cd "$packages"
    npm ci >install.log 2>&1 || { cat install.log >&2; exit 1; }
    cp package-lock.json .installed
  fi
)
cases=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-better-auth.XXXXXX")
trap 'rm -rf "$cases"' EXIT
TZ=UTC node "$packages/generate.mjs" "$seed" "$count" >"$cases/better-auth.json"
"$runner" "$cases"
