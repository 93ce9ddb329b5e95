#!/usr/bin/env bash
# Compares the engine with the real better-auth on generated requests, cookie caches and signatures.
# Exit 1 where any case differs; the conformance runner names it and says in what.
# Usage: compare.sh [SEED [COUNT]]     (default: 1, 3000; BUILD_DIR names the build, by default build/release)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../deployments/packages.sh"
seed=${1:-1} count=${2:-3000}
runner=${BUILD_DIR:-$here/../../../build/release}/tests/conformance/rollcall_conformance
[ -x "$runner" ] || { echo "compare: there is no $runner: build it" >&2; exit 1; }

packages=$ROLLCALL_DEPLOY_DIR/better-auth
install_node_packages "$here" "$packages"
cp "$here/"{library.mjs,generate.mjs} "$packages"
cases=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-better-auth.XXXXXX")
trap 'rm -rf "$cases"' EXIT
TZ=UTC "$node" "$packages/generate.mjs" "$seed" "$count" >"$cases/better-auth.json"
"$runner" "$cases"
