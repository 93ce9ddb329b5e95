#!/usr/bin/env bash
# Compares the engine's route matcher with the real Next.js on generated matchers and requests.
# Exit 1 where any case differs; the conformance runner names it and says in what.
# Usage: compare.sh [SEED [COUNT]]     (default: 1, 5000; BUILD_DIR names the build, by default build/release)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../deployments/place.sh"
seed=${1:-1} count=${2:-5000}
runner=${BUILD_DIR:-$here/../../../build/release}/tests/conformance/rollcall_conformance
[ -x "$runner" ] || { echo "compare: there is no $runner: build it" >&2; exit 1; }

bash "$here/../../deployments/build.sh" --packages
cases=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-matcher.XXXXXX")
trap 'rm -rf "$cases"' EXIT
node "$here/generate.mjs" "$ROLLCALL_DEPLOY_DIR/v5/node_modules/next" "$seed" "$count" "$cases/matcher.json"
"$runner" "$cases"
