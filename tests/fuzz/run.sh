#!/usr/bin/env bash
# Runs one fuzz target over its corpus and mutations of it. What it finds stays in the build folder.
# Usage: run.sh FOLDER-OF-TARGETS TARGET SECONDS
# Environment: ROLLCALL_FUZZ_SECONDS, instead of SECONDS; ROLLCALL_SEED (default 1; 0 is a random one)
set -euo pipefail
place=$1 target=$2 seconds=${ROLLCALL_FUZZ_SECONDS:-$3}
corpus=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/corpus/$target
found=$place/found/$target
mkdir -p "$found"
# New inputs go to the first folder; an input that fails is written beside it, and its name is printed.
exec "$place/fuzz_$target" -max_total_time="$seconds" -seed="${ROLLCALL_SEED:-1}" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
  -print_final_stats=1 -artifact_prefix="$found-failed-" "$found" "$corpus"
