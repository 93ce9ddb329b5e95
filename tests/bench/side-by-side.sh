#!/usr/bin/env bash
# The engine's benchmark, alternately with the same work in Node.js by the real packages: same cookies, same minute, same processor core.
# Prints a table of ratios with what is asked of them.
# Exit 1 where a row misses what is asked of it at least.
# Usage: side-by-side.sh [--json] [--short]
#   --json   prints {"rows":[{"name","nodeNs","rollcallNs"}]} on standard output instead: medians for one operation, in nanoseconds, and judges nothing
#   --short  rounds of milliseconds: whether everything runs, not how fast
# BUILD_DIR names a release build to measure; without it, one is made. ROLLCALL_BENCH_CORE names the processor core (default: the last of those allowed).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../deployments/packages.sh"

json=false short=false
for argument in "$@"; do
  case $argument in
    --json) json=true ;;
    --short) short=true ;;
    *) sed -n '5,7s/^# //p' "$0" >&2; exit 2 ;;
  esac
done

if [ -z "${BUILD_DIR:-}" ]; then
  BUILD_DIR=$here/../../build/release
  (cd "$here/../.." && cmake --preset release && cmake --build --preset release --target rollcall_bench) >&2
fi
[ -x "$BUILD_DIR/tests/bench/rollcall_bench" ] || { echo "side-by-side: there is no tests/bench/rollcall_bench in BUILD_DIR ($BUILD_DIR): build it" >&2; exit 1; }

export ROLLCALL_BENCH_NODE_DIR=$ROLLCALL_DEPLOY_DIR/bench-packages
install_node_packages "$here/node" "$ROLLCALL_BENCH_NODE_DIR"

place=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-bench.XXXXXX")
trap 'rm -rf "$place"' EXIT
export ROLLCALL_BENCH_INPUTS=$place/inputs.json
export NODE_ENV=production NEXTAUTH_URL=http://localhost:3000 AUTH_URL=http://localhost:3000 NODE_NO_WARNINGS=1
# One core for both sides and the threads of Node.js; the database server has the others, where there are any.
# Only those that this process may use: a container need not have them all.
cores=$(sed -n 's/^Cpus_allowed_list:\s*//p' /proc/self/status | tr ',' '\n' | while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done)
core=${ROLLCALL_BENCH_CORE:-$(tail -n 1 <<<"$cores")}
ROLLCALL_BENCH_OTHER_CORES=$(grep -vx "$core" <<<"$cores" | paste -sd,) || true
export ROLLCALL_BENCH_OTHER_CORES
taskset -c "$core" "$node" "$here/node/side-by-side.mjs" "$BUILD_DIR/tests/bench/rollcall_bench" "$place" "$json" "$short"
